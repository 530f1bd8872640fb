"""Queues and priorities are the same thing under two names."""

from __future__ import annotations

import pytest

from tasks.core.plan import TaskPriority
from tasks.core.queueing.queues import QUEUES, priority_of, queue_of


def test_every_priority_has_a_queue_and_every_queue_its_priority():
    assert [priority_of(queue_of(priority)) for priority in TaskPriority] == list(TaskPriority)


def test_the_most_urgent_queue_is_first():
    assert list(QUEUES.values()) == ["critical", "high", "normal", "low"]
    assert sorted(QUEUES, reverse=True) == list(QUEUES)


@pytest.mark.parametrize("word", ["", "urgent", "MEDIUM", "Critical"])
def test_another_word_is_refused_with_those_that_there_are(word):
    with pytest.raises(ValueError, match=f"'{word}'; there are critical, high, normal, low"):
        priority_of(word)
