"""Where a review stands, and why it is not further ahead."""

from __future__ import annotations

import pytest

from tasks.core.queueing.order import in_order
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.positions import positions
from tests.tasks.core.queueing.reviews import NOW, running, served, waiting

HOUR = 3600.0
POLICY = QueuePolicy(ageing_seconds=HOUR, overdue_seconds=10 * HOUR)
NEXT = "it gets the next free slot"


def told(waits, runs=()) -> dict[str, str]:
    return {place.run: place.why for place in positions(waits, runs, POLICY, NOW)}


def test_nobody_waits_nobody_has_a_place():
    assert positions((), running("a/1"), POLICY, NOW) == ()


def test_who_waits_alone_is_next():
    assert told(waiting("a/1"), running("a/2")) == {"a/1": f"1st in the queue normal: {NEXT}"}


@pytest.mark.parametrize(
    ("waits", "runs", "why"),
    [
        (waiting("b/1", "a/1"), (), "2nd in the queue normal: 1 older goes first"),
        (
            waiting("b/1", "c/1", "a/1"),
            (),
            "3rd in the queue normal: 2 older go first",
        ),
        (waiting("b/1 high", "a/1"), (), "1st in the queue normal: 1 more urgent goes first"),
        (
            waiting("b/1 high", "c/1 critical", "d/1", "a/1"),
            (),
            "2nd in the queue normal: 2 more urgent go first, 1 older goes first",
        ),
        (
            waiting("a/1", "b/1", "c/1"),
            ("a/8", "a/9"),
            "3rd in the queue normal: 2 of a run or go before it",
        ),
        (
            waiting("a/0", "a/1", "b/1"),
            (),
            "3rd in the queue normal: 1 of a runs or goes before it",
        ),
        (
            waiting("a/1", ago=HOUR) + waiting("b/1 high"),
            ("a/9",),
            "1st in the queue normal (counts as high after 1 h): 1 more urgent goes first",
        ),
        (
            waiting("a/1 low", ago=10 * HOUR) + waiting("b/1 critical"),
            (),
            "1st in the queue low (counts as high after 10 h): it is overdue and next",
        ),
    ],
)
def test_a_place_says_what_is_before_it(waits, runs, why):
    assert told(waits, running(*runs))["a/1"] == why


def test_who_has_just_had_a_slot_is_told_so():
    waits, lately = waiting("a/1", "b/1"), [served("a", ago=10), served("b", ago=20)]
    places = positions(waits, (), POLICY, NOW, lately)
    assert places[1].why == "2nd in the queue normal: a had a slot more recently"


def test_what_age_has_lifted_is_older_not_more_urgent():
    waits = waiting("b/1 low", ago=2 * HOUR) + waiting("a/1")
    assert told(waits)["a/1"] == "1st in the queue normal: 1 older goes first"


def test_what_an_overdue_one_goes_before_is_not_called_less_urgent():
    waits = waiting("a/1 low", ago=10 * HOUR) + waiting("b/1 high")
    assert told(waits) == {
        "a/1": "1st in the queue low (counts as high after 10 h): it is overdue and next",
        "b/1": "1st in the queue high: 1 older goes first",
    }


def test_places_are_counted_over_all_and_in_the_queue():
    waits = waiting("a/1 low", "b/1", "c/1 high", "d/1", "e/1 low")
    places = positions(waits, (), POLICY, NOW)
    assert [(place.run, place.of_all, place.in_queue) for place in places] == [
        ("c/1", 1, 1),
        ("b/1", 2, 1),
        ("d/1", 3, 2),
        ("a/1", 4, 1),
        ("e/1", 5, 2),
    ]
    turns = in_order(waits, (), POLICY, NOW)
    assert [turn.waiting.run for turn in turns] == [place.run for place in places]
