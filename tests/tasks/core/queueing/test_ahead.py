"""How many reviews are let go before their slots are free."""

from __future__ import annotations

import pytest

from tasks.core.queueing.ahead import ahead


@pytest.mark.parametrize("typical", [None, 0.0, 600.0, 2.1])
def test_nobody_is_let_go_early_for_reviews_that_take_longer_or_are_not_known(typical):
    assert ahead(4, 0.5, typical) == 0


@pytest.mark.parametrize(("typical", "early"), [(2.0, 1), (1.0, 2), (0.5, 4), (0.001, 4)])
def test_of_short_reviews_as_many_as_end_between_two_looks(typical, early):
    assert ahead(4, 0.5, typical) == early
