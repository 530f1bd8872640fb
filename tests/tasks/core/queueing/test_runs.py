"""What a review's age makes of it, and when its slot will be free."""

from __future__ import annotations

import math

import pytest

from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.queues import queue_of
from tests.tasks.core.queueing.reviews import NOW, running, waiting

HOUR = 3600.0


def test_what_was_just_submitted_has_no_age():
    assert waiting("shop/1")[0].waited(NOW) == 0


def test_a_clock_that_is_behind_makes_no_negative_age():
    assert waiting("shop/1", ago=-5)[0].waited(NOW) == 0


@pytest.mark.parametrize(
    ("queue", "ago", "level"),
    [
        ("low", 0, "low"),
        ("low", HOUR - 1, "low"),
        ("low", HOUR, "normal"),
        ("low", 2 * HOUR, "high"),
        ("low", 1000 * HOUR, "high"),
        ("normal", HOUR - 1, "normal"),
        ("normal", HOUR, "high"),
        ("normal", 1000 * HOUR, "high"),
        ("high", 1000 * HOUR, "high"),
        ("critical", 0, "critical"),
        ("critical", 1000 * HOUR, "critical"),
        ("low", -HOUR, "low"),
    ],
)
def test_age_lifts_a_level_an_hour_but_never_to_critical(queue, ago, level):
    one = waiting(f"shop/1 {queue}", ago=ago)[0]
    assert queue_of(one.counts_as(QueuePolicy(ageing_seconds=HOUR), NOW)) == level


def test_without_ageing_a_review_counts_as_what_it_is():
    one = waiting("shop/1 low", ago=1000 * HOUR)[0]
    assert one.counts_as(QueuePolicy(ageing_seconds=None), NOW) == one.priority


@pytest.mark.parametrize(
    ("expected", "after", "remaining"),
    [
        (None, 0, math.inf),
        (60, 0, 60),
        (60, 59, 1),
        (60, 60, math.inf),  # it may hang
        (60, 600, math.inf),
        (-5, 0, math.inf),
    ],
)
def test_when_a_slot_is_free_is_known_as_long_as_the_review_is_on_time(expected, after, remaining):
    assert running("shop/1", expected=expected)[0].remaining(NOW + after) == remaining
