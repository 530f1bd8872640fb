"""The pieces of the sentences."""

from __future__ import annotations

import pytest

from tasks.core.queueing.queues import priority_of
from tasks.core.queueing.words import beside, nth, span, the_queue


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (90_000, "25 h"),
    ],
)
def test_a_time_is_as_exact_as_people_care(seconds, words):
    assert span(seconds) == words


def test_places_are_written_as_people_say_them():
    places = {
        "st": (1, 21, 101, 121),
        "nd": (2, 22, 102),
        "rd": (3, 23, 123),
        "th": (4, 10, 11, 12, 13, 20, 111, 112, 113),
    }
    for ending, numbers in places.items():
        assert [nth(number) for number in numbers] == [f"{number}{ending}" for number in numbers]


@pytest.mark.parametrize(
    ("running", "words"),
    [(0, "none of shop runs"), (1, "1 of shop runs already"), (2, "2 of shop run already")],
)
def test_how_many_have_a_slot_is_grammatical(running, words):
    assert beside(running, "shop") == words


def test_a_queue_says_what_age_has_made_of_it():
    low, high = priority_of("low"), priority_of("high")
    assert the_queue(high, high, 9999) == "the queue high"
    assert the_queue(low, high, 7200) == "the queue low (counts as high after 2 h)"
