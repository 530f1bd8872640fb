"""What is said of the queues adds up, and says nothing of what nobody knows."""

from __future__ import annotations

import math

import pytest

from tasks.core.plan import TaskPriority
from tasks.core.queue_metrics import ALL, DAY, Ended, Outcome, by_queue
from tasks.core.queueing.queues import QUEUES
from tasks.core.queueing.runs import Running, Waiting

NOW = 1_000_000.0
HIGH, LOW = TaskPriority.HIGH, TaskPriority.LOW


def waiting(seconds, priority=HIGH):
    return Waiting(run="w", repository="acme/shop", priority=priority, since=NOW - seconds)


def running(priority=HIGH):
    return Running(
        run="r",
        repository="acme/shop",
        priority=priority,
        since=NOW - 60,
        started=NOW - 30,
    )


def ended(outcome=Outcome.SUCCEEDED, waited=10.0, worked=30.0, priority=HIGH, **more):
    return Ended(priority=priority, outcome=outcome, waited=waited, worked=worked, **more)


def figures(*, wait=(), run=(), past=(), gave_way=None, window=DAY):
    found = by_queue(wait, run, past, gave_way or {}, now=NOW, window=window)
    return {one.queue: one.figures() for one in found}


def test_where_nothing_was_nothing_is_known():
    nothing = {
        "waiting": 0,
        "active": 0,
        "oldest_waiting_seconds": None,
        "average_wait_seconds": None,
        "average_run_seconds": None,
        "per_hour": 0.0,
        "succeeded": 0,
        "failed": 0,
        "cancelled": 0,
        "success_rate": None,
        "failure_rate": None,
        "retry_rate": None,
        "preempted": 0,
    }
    assert figures() == dict.fromkeys((*QUEUES.values(), ALL), nothing)


def test_the_most_urgent_queue_is_first_and_the_sum_is_last():
    assert [*figures()] == ["critical", "high", "normal", "low", "all"]


def test_each_queue_has_its_own_and_all_have_everything():
    found = figures(
        wait=[waiting(5), waiting(90), waiting(600, LOW)],
        run=[running(), running(LOW)],
        past=[ended(), ended(priority=LOW)],
    )

    assert {name: (of["waiting"], of["active"], of["succeeded"]) for name, of in found.items()} == {
        "critical": (0, 0, 0),
        "high": (2, 1, 1),
        "normal": (0, 0, 0),
        "low": (1, 1, 1),
        "all": (3, 2, 2),
    }
    assert (found["high"]["oldest_waiting_seconds"], found["all"]["oldest_waiting_seconds"]) == (
        90,
        600,
    )


def test_rates_are_of_what_came_to_its_end_and_a_newer_push_is_no_failure():
    past = [
        *[ended() for _ in range(6)],
        ended(attempts=2),
        ended(Outcome.FAILED, attempts=3),
        ended(Outcome.CANCELLED, attempts=1),
    ]
    found = figures(past=past)["high"]

    assert (found["succeeded"], found["failed"], found["cancelled"]) == (7, 1, 1)
    assert (found["success_rate"], found["failure_rate"], found["retry_rate"]) == (
        0.875,
        0.125,
        0.25,
    )


def test_only_cancelled_ones_make_no_rates():
    found = figures(past=[ended(Outcome.CANCELLED)])["high"]

    assert (found["success_rate"], found["average_run_seconds"]) == (None, None)
    assert found["cancelled"] == 1


def test_a_wait_that_nobody_had_is_in_no_average():
    past = [ended(waited=10), ended(waited=30), ended(Outcome.CANCELLED, waited=None)]

    assert figures(past=past)["high"]["average_wait_seconds"] == 20


def test_clocks_that_differ_make_no_wait_negative():
    found = figures(wait=[waiting(-5)], past=[ended(waited=-2), ended(waited=4)])["high"]

    assert found["average_wait_seconds"] == 2
    assert found["oldest_waiting_seconds"] == 0


@pytest.mark.parametrize(("window", "per_hour"), [(DAY, 0.5), (2 * 3600, 6.0), (0.0, 0.0)])
def test_throughput_is_over_the_time_that_is_known(window, per_hour):
    found = figures(past=[ended() for _ in range(12)], window=window)["high"]

    assert math.isclose(found["per_hour"], per_hour)


def test_whoever_gave_way_counts_in_its_queue_and_in_all():
    found = figures(gave_way={HIGH: 2, LOW: 1})

    assert (found["high"]["preempted"], found["low"]["preempted"]) == (2, 1)
    assert (found["normal"]["preempted"], found["all"]["preempted"]) == (0, 3)
