"""What people set is refused where it makes no sense."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.core.queueing.policy import QueuePolicy


@pytest.mark.parametrize(
    "settings",
    [
        {"ageing_seconds": None},
        {"overdue_seconds": None},
        {"most_preemptions": 0},
        {"restart_cost_seconds": 0},
    ],
)
def test_a_rule_can_be_switched_off(settings):
    name, value = next(iter(settings.items()))
    assert getattr(QueuePolicy.model_validate(settings), name) == value


@pytest.mark.parametrize(
    "settings",
    [
        {"slots": 0},
        {"ageing_seconds": 0},
        {"overdue_seconds": -1},
        {"overdue_every_seconds": 0},
        {"overdue_every_seconds": None},
        {"most_preemptions": -1},
        {"restart_cost_seconds": float("inf")},
        {"aging_seconds": 60},
    ],
)
def test_a_setting_without_sense_is_refused(settings):
    with pytest.raises(ValidationError, match=next(iter(settings))):
        QueuePolicy.model_validate(settings)
