"""Whose turn it is."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tasks.core.queueing.order import Choice, in_order, next_runs
from tasks.core.queueing.policy import QueuePolicy
from tests.tasks.core.queueing.reviews import NOW, running, served, waiting

HOUR = 3600.0
POLICY = QueuePolicy(ageing_seconds=HOUR, overdue_seconds=10 * HOUR, overdue_every_seconds=HOUR / 6)
UNFAIR = QueuePolicy(fair=False)


def order(waits, runs=(), policy=POLICY, lately=()) -> str:
    return " ".join(turn.waiting.run for turn in in_order(waits, runs, policy, NOW, lately))


@pytest.mark.parametrize("free", [-1, 0, 1, 4])
def test_nobody_waits_nobody_is_chosen(free):
    assert next_runs((), running("shop/1"), free, POLICY, NOW) == ()


@pytest.mark.parametrize("free", [-1, 0])
def test_without_a_free_slot_nobody_is_chosen(free):
    assert next_runs(waiting("shop/1 critical"), (), free, POLICY, NOW) == ()


def test_as_many_are_chosen_as_there_are_slots():
    three = waiting("a/1", "b/1", "c/1")
    assert [choice.run for choice in next_runs(three, (), 2, POLICY, NOW)] == ["a/1", "b/1"]
    assert len(next_runs(three, (), 9, POLICY, NOW)) == 3


@pytest.mark.parametrize("policy", [POLICY, UNFAIR])
def test_the_more_urgent_goes_first_and_the_older_among_equals(policy):
    waits = waiting("a/1 low", "b/1", "c/1 high", "d/1 critical", "e/1 high", "f/1")
    assert order(waits, policy=policy) == "d/1 c/1 e/1 b/1 f/1 a/1"


def test_repositories_take_turns():
    waits = waiting(*(f"bot/{n}" for n in range(5)), "a/1", "a/2", "b/1")
    assert order(waits) == "bot/0 a/1 b/1 bot/1 a/2 bot/2 bot/3 bot/4"


def test_unfair_is_first_come_first_served_whoever_runs():
    waits = waiting("bot/0", "bot/1", "a/1")
    assert order(waits, running("bot/9"), UNFAIR, [served("bot", ago=1)]) == "bot/0 bot/1 a/1"


def test_who_has_the_fewest_slots_is_next_whatever_their_urgency():
    waits = waiting("a/1", "b/1", "c/1")
    assert order(waits, running("a/8 low", "a/9", "b/9 critical")) == "c/1 b/1 a/1"


def test_of_those_with_the_same_slots_the_one_served_longest_ago_is_next():
    waits = waiting("a/1", "b/1", "c/1", "d/1")
    lately = [served("a", ago=50), served("a", ago=10), served("b", ago=30), served("c", ago=10)]
    assert order(waits, lately=lately) == "d/1 b/1 a/1 c/1"


def test_who_gets_a_slot_has_been_served_when_the_next_slot_is_given():
    runs = running("b/9", started=NOW - 50)
    assert order(waiting("a/1", "a/2", "b/1"), runs) == "a/1 b/1 a/2"


def test_urgency_is_before_fairness():
    waits = waiting("a/1", "bot/1 high")
    assert order(waits, running("bot/8", "bot/9")) == "bot/1 a/1"


def test_what_has_waited_counts_higher():
    waits = waiting("a/1 low", ago=HOUR) + waiting("b/1", "c/1 high")
    assert order(waits) == "c/1 a/1 b/1"
    assert order(waits, policy=QueuePolicy(ageing_seconds=None)) == "c/1 b/1 a/1"


def test_age_lifts_only_where_a_repository_has_less_than_its_share():
    """Else a hundred that have grown old together would go before another's fresh one."""
    waits = waiting("bot/1", "bot/2", "bot/3", ago=HOUR) + waiting("a/1")
    assert order(waits) == "bot/1 bot/2 a/1 bot/3"
    assert order(waits, running("bot/9")) == "bot/1 a/1 bot/2 bot/3"
    assert order(waits, running("bot/8", "bot/9")) == "a/1 bot/1 bot/2 bot/3"
    three = running("bot/9", "b/9", "c/9")
    assert order(waits, three) == "a/1 bot/1 bot/2 bot/3"


def test_a_repository_alone_ages_however_many_slots_it_has():
    waits = waiting("a/1 low", ago=2 * HOUR) + waiting("a/2")
    assert order(waits, running("a/6", "a/7", "a/8", "a/9")) == "a/1 a/2"


def test_in_a_repository_what_is_urgent_by_itself_goes_before_what_is_by_age():
    waits = waiting("a/1 low", ago=3 * HOUR) + waiting("a/2", ago=HOUR) + waiting("a/3 high")
    assert order(waits) == "a/3 a/2 a/1"


def test_age_does_not_go_before_critical():
    assert order(waiting("a/1", ago=9 * HOUR) + waiting("b/1 critical")) == "b/1 a/1"


OVERDUE = waiting("a/1 low", "a/2", ago=11 * HOUR)
URGENT = waiting("b/1 critical", "c/1 critical")


def test_one_that_is_overdue_goes_before_everything_and_only_one():
    assert order(OVERDUE + URGENT) == "a/1 b/1 c/1 a/2"
    assert order(OVERDUE + URGENT, running("a/7", "a/8", since=NOW)) == "a/1 b/1 c/1 a/2"


def test_only_the_oldest_is_overdue():
    """Another that is as old goes when the oldest has; else those in between would wait."""
    fresh, old = waiting("b/1 critical"), waiting("a/1 high", ago=11 * HOUR)
    older = waiting("c/1 low", ago=12 * HOUR)
    assert order(old + older + fresh) == "c/1 b/1 a/1"


def test_what_is_overdue_waits_while_others_as_old_have_moved_of_late():
    def with_start(**values: float) -> str:
        return order(OVERDUE + URGENT, lately=[served("z", **values)])

    as_old = OVERDUE[0].since
    assert with_start(ago=500, since=as_old) == "b/1 c/1 a/2 a/1"
    assert with_start(ago=500, since=as_old + 1) == "a/1 b/1 c/1 a/2"
    assert with_start(ago=600, since=as_old) == "a/1 b/1 c/1 a/2"
    runs = running("z/1", since=as_old)
    assert order(OVERDUE + URGENT, runs) == "b/1 c/1 a/2 a/1"


def test_nothing_is_overdue_where_the_rule_is_off():
    policy = QueuePolicy(overdue_seconds=None)
    assert order(OVERDUE + URGENT, policy=policy) == "b/1 c/1 a/2 a/1"


@pytest.mark.parametrize(
    ("waits", "runs", "choice"),
    [
        (waiting("a/1"), (), Choice("a/1", "next in the queue normal: none of a runs")),
        (
            waiting("a/1 low", ago=2 * HOUR),
            running("a/8", "a/9"),
            Choice("a/1", "next in the queue low (counts as high after 2 h): 2 of a run already"),
        ),
        (
            OVERDUE + URGENT,
            (),
            Choice("a/1", "overdue after 11 h: it goes before all others", overdue=True),
        ),
    ],
)
def test_a_choice_says_why(waits, runs, choice):
    assert next_runs(waits, runs, 1, POLICY, NOW) == (choice,)


def test_whatever_waits_the_order_holds_all_of_it_by_level_and_fairly():
    chance = random.Random(4)  # noqa: S311 - the same every time
    for _ in range(300):
        waits = _some(chance, waiting, 30, ago=chance.choice([0.0, HOUR, 11 * HOUR]))
        runs = _some(chance, running, 8)
        turns = tuple(in_order(waits, runs, POLICY, NOW))
        names = [turn.waiting.run for turn in turns]
        assert sorted(names) == sorted(one.run for one in waits)
        assert order(chance.sample(waits, len(waits)), runs) == " ".join(names)
        normal = turns[1:] if turns and turns[0].overdue else turns
        assert not any(turn.overdue for turn in normal)
        levels = [turn.level for turn in normal]
        assert levels == sorted(levels, reverse=True)
        busy = Counter(one.repository for one in runs)
        for n, turn in enumerate(turns):
            mine = turn.waiting.repository
            assert turn.beside == busy[mine]
            if not turn.overdue:
                same = [t.waiting for t in turns[n:] if t.level == turn.level]
                assert busy[mine] == min(busy[one.repository] for one in same)
            busy[mine] += 1
        for line in {(one.repository, one.priority) for one in waits}:
            since = [
                turn.waiting.since
                for turn in normal
                if (turn.waiting.repository, turn.waiting.priority) == line
            ]
            assert since == sorted(since)


def _some(chance, make, most, **values):
    queues = ["critical", "high", "normal", "low"]
    names = (f"{chance.choice('abcd')}/{n} {chance.choice(queues)}" for n in range(most))
    return make(*list(names)[: chance.randint(0, most)], **values)
