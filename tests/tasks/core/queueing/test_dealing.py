"""What is done at one moment: who is let go, who gives way, in Prefect's order and in ours."""

from __future__ import annotations

from tasks.core.queueing.dealing import deal
from tasks.core.queueing.policy import QueuePolicy
from tests.tasks.core.queueing.reviews import NOW, running, waiting

TWO = QueuePolicy(slots=2)


def dealt(waits, runs=(), *, due=(), ahead=0, policy=TWO):
    found = deal(waits, frozenset(due), runs, policy, NOW, ahead=ahead)
    return (
        [choice.run for choice in found.let_go],
        [(one.victim, one.by) for one in found.preempted],
    )


def test_of_nobody_nobody_is_let_go():
    assert dealt([]) == ([], [])
    assert dealt([], running("a/1", "b/1", "c/1")) == ([], [])


def test_who_is_due_is_not_let_go_again():
    assert dealt(waiting("a/1"), due={"a/1"}) == ([], [])


def test_free_slots_go_to_the_first_of_the_order():
    assert dealt(waiting("a/1 low", "a/2", "b/1 high")) == (["b/1", "a/2"], [])
    assert dealt(waiting("a/1", "b/1"), running("a/9")) == (["b/1"], [])


def test_who_is_due_takes_a_free_slot_before_anybody_can_be_let_go():
    """A worker takes it, whatever our order is."""
    waits = waiting("a/1 low", "b/1 high")
    assert dealt(waits, running("x/1"), due={"a/1"}) == ([], [])
    assert dealt(waits, due={"a/1"}) == (["b/1"], [])


def test_what_is_due_and_finds_no_slot_is_left_waiting_with_the_others():
    found = deal(waiting("a/1 low", "b/1"), {"a/1", "b/1"}, running("x/1"), TWO, NOW)
    assert [one.run for one in found.waiting] == ["a/1"]
    assert [one.run for one in found.running] == ["x/1", "b/1"]


FULL = running("y/8 low", "z/8")


def test_a_critical_one_that_finds_every_slot_taken_is_let_go_and_one_gives_way():
    assert dealt(waiting("c/1", "x/1 critical"), FULL) == (["x/1"], [("y/8", "x/1")])


def test_the_victim_is_left_waiting_with_its_age():
    found = deal(waiting("x/1 critical"), frozenset(), FULL, TWO, NOW)
    assert [(one.run, one.since) for one in found.waiting] == [("y/8", FULL[0].since)]
    assert [one.run for one in found.running] == ["z/8", "x/1"]
    assert found.let_go[0].why == "critical: takes the slot of one in the queue low"


def test_one_that_is_due_is_not_let_go_twice_when_another_gives_way_for_it():
    assert dealt(waiting("x/1 critical"), FULL, due={"x/1"}) == ([], [("y/8", "x/1")])


def test_nobody_gives_way_for_one_that_is_about_to_get_a_free_slot():
    """It was let go and no worker has taken it yet, or the victim's slot is free by now."""
    assert dealt(waiting("x/1 critical"), running("z/8"), due={"x/1"}) == ([], [])
    late = waiting("o/1 low", ago=1e6) + waiting("x/1 critical")
    assert dealt(late, running("z/8"), due={"x/1"}) == ([], [])


def test_who_is_about_to_begin_does_not_give_way_again():
    critical = waiting("v/1 critical", "w/1 critical", "x/1 critical")
    assert dealt(critical, FULL) == (["v/1", "w/1"], [("y/8", "v/1"), ("z/8", "w/1")])
    assert dealt(critical[:1] + waiting("a/1"), running("z/8 critical"), due={"a/1"}) == ([], [])


def test_so_many_are_let_go_ahead_of_a_slot():
    waits = waiting("a/1", "b/1", "c/1")
    assert dealt(waits, FULL, ahead=2) == (["a/1", "b/1"], [])
    assert dealt(waits, FULL, ahead=2, due={"a/1"}) == (["b/1"], [])
    assert dealt(waits, FULL[:1], ahead=1) == (["a/1", "b/1"], [])


def test_one_that_is_more_urgent_than_who_is_due_is_let_go_too():
    assert dealt(waiting("a/1", "b/1 high"), FULL, ahead=1, due={"a/1"}) == (["b/1"], [])


def test_nobody_is_let_go_who_would_overtake_one_that_is_due_out_of_turn():
    overdue = waiting("o/1 low", ago=1e6)
    waits = overdue + waiting("b/1 high", "c/1 low")
    assert dealt(waits, FULL, ahead=3, due={"o/1"}) == (["c/1"], [])
    assert dealt(waits, FULL, ahead=2, due={"o/1"}) == ([], [])


def test_who_is_let_go_for_its_age_is_marked():
    found = deal(waiting("o/1 low", ago=1e6), frozenset(), (), TWO, NOW)
    assert found.let_go[0].overdue
    assert found.running[0].overdue
