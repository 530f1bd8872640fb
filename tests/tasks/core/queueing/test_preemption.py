"""Who gives way to something critical, and who does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.preemption import Preemption, to_preempt
from tests.tasks.core.queueing.reviews import NOW, running, waiting

POLICY = QueuePolicy(most_preemptions=3, restart_cost_seconds=10)
URGENT = waiting("x/1 critical")
FULL = running("a/1", "b/1 low", "c/1 high")


def victim(waits, runs, *, free=0, policy=POLICY) -> str:
    decision = to_preempt(waits, runs, free, policy, NOW)
    return decision.victim if decision else ""


def test_nobody_gives_way_to_nobody():
    assert to_preempt((), FULL, 0, POLICY, NOW) is None
    assert to_preempt(URGENT, (), 0, POLICY, NOW) is None


def test_nobody_gives_way_while_a_slot_is_free():
    assert victim(URGENT, FULL, free=1) == ""


@pytest.mark.parametrize("queue", ["high", "normal", "low"])
@pytest.mark.parametrize("ago", [0, 1e6])
def test_nobody_gives_way_to_what_is_not_critical_however_old(queue, ago):
    assert victim(waiting(f"x/1 {queue}", ago=ago), running("b/1 low")) == ""


def test_nobody_gives_way_to_an_equal():
    assert victim(URGENT, running("a/1 critical", "b/1 critical")) == ""


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (("a/1", "b/1 low", "c/1 high"), "b/1"),
        (("a/1 high", "b/1 critical"), "a/1"),
        (("a/1 low", "b/1 low", "c/1"), "b/1"),  # the younger
        (("a/1 high", "b/1 high", "c/1 critical"), "b/1"),
    ],
)
def test_the_least_urgent_gives_way_and_of_those_the_youngest(runs, expected):
    assert victim(URGENT, running(*runs)) == expected
    assert victim(URGENT, running(*runs)[::-1]) == expected


def test_of_those_that_started_together_always_the_same_one_gives_way():
    runs = running("b/1", "a/1", started=NOW)
    assert victim(URGENT, runs) == victim(URGENT, runs[::-1]) == "a/1"


def test_age_does_not_protect():
    """It lifts what waits; what runs is what it is."""
    assert victim(URGENT, running("a/1 low", since=0) + running("b/1", started=0)) == "a/1"


@pytest.mark.parametrize(
    ("preempted", "expected"), [(0, "b/1"), (2, "b/1"), (3, "a/1"), (4, "a/1")]
)
def test_nobody_gives_way_more_often_than_allowed(preempted, expected):
    runs = running("a/1 high") + running("b/1 low", preempted=preempted)
    assert victim(URGENT, runs) == expected


def test_nobody_gives_way_where_preemption_is_off():
    assert victim(URGENT, FULL, policy=QueuePolicy(most_preemptions=0)) == ""


def test_what_was_overdue_keeps_its_slot():
    assert victim(URGENT, running("a/1", overdue=True)) == ""
    assert victim(URGENT, running("a/1 low", overdue=True) + running("b/1 high")) == "b/1"


@pytest.mark.parametrize(
    ("expected", "gives_way"),
    [
        (None, "a/1"),
        (600, "a/1"),
        (10, "a/1"),
        (9.9, ""),
        (0.1, ""),
        (0, "a/1"),  # it takes longer than expected: nobody knows how long
    ],
)
def test_nobody_gives_way_where_waiting_costs_less_than_a_restart(expected, gives_way):
    assert victim(URGENT, running("a/1", expected=expected)) == gives_way


def test_a_slot_that_is_free_soon_is_waited_for_whosever_it_is():
    assert victim(URGENT, running("a/1") + running("b/1 critical", expected=5)) == ""


def test_of_two_that_are_critical_one_waits_for_the_slot_that_is_free_soon():
    two = waiting("x/1 critical", "y/1 critical")
    runs = running("a/1 low", expected=5) + running("b/1", "c/1")
    assert victim(two, runs) == "c/1"  # not a/1: it is about to end
    assert victim(two, running("a/1 low", "b/1", expected=5)) == ""
    assert victim(two, running("a/1 low", expected=5)) == ""


def test_restarts_that_cost_nothing_are_always_worth_it():
    policy = QueuePolicy(restart_cost_seconds=0)
    assert victim(URGENT, running("a/1", expected=0.1), policy=policy) == "a/1"


def test_who_overtakes_whom_is_said():
    runs = running("b/7 low", started=NOW - 130)
    assert to_preempt(URGENT + waiting("a/1"), runs, 0, POLICY, NOW) == Preemption(
        victim="b/7",
        by="x/1",
        why="suspended for x/1 of x, which is critical and found every slot taken: of those that "
        "run this is the least urgent (low) and has run the shortest (2 min); its finished steps "
        "are kept",
        gain="critical: takes the slot of one in the queue low",
    )


def test_who_has_a_name_is_called_by_it():
    (one,) = URGENT
    decision = to_preempt([replace(one, name="x/y#7")], FULL, 0, POLICY, NOW)
    assert decision is not None
    assert decision.why.startswith("suspended for x/y#7, which is critical")


def test_who_cannot_pause_does_not_give_way():
    assert victim(URGENT, running("a/1", "b/1 low", can_pause=False)) == ""
    assert victim(URGENT, running("a/1") + running("b/1 low", can_pause=False)) == "a/1"


def test_the_slot_is_for_the_critical_one_that_is_next():
    """Not for one that is overdue: that is no reason to suspend anybody."""
    waits = waiting("o/1 low", ago=1e6) + waiting("a/1 critical", "x/1 critical")
    decision = to_preempt(waits, running("a/9", "b/9"), 0, POLICY, NOW)
    assert decision is not None
    assert (decision.victim, decision.by) == ("b/9", "x/1")
