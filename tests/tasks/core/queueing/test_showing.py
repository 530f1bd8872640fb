"""Who of those that wait is told its place anew."""

from __future__ import annotations

from tasks.core.queueing.showing import Shown, budget_of, to_tell

NOW = 10_000.0
FRESH = NOW + 600
PLACES = [("a", "1st"), ("b", "2nd"), ("c", "3rd")]


def test_nobody_is_told_what_they_say_already():
    shown = {run: Shown(text, NOW - 100, FRESH) for run, text in PLACES}
    assert to_tell([], {}, NOW, 10) == ()
    assert to_tell(PLACES, shown, NOW, 10) == ()


def test_who_is_not_held_is_not_told():
    assert to_tell(PLACES, {}, NOW, 10) == ()


def test_the_nearest_are_told_first_and_as_many_as_the_budget_allows():
    shown = {run: Shown("9th", NOW - 100, FRESH) for run, _ in PLACES}
    assert to_tell(PLACES, shown, NOW, 2) == ("a", "b")
    assert to_tell(PLACES, shown, NOW, 0) == ()


def test_nobody_is_told_twice_within_seconds():
    ages = {"a": 14, "b": 15, "c": 16}
    shown = {run: Shown("9th", NOW - ages[run], FRESH) for run, _ in PLACES}
    assert to_tell(PLACES, shown, NOW, 9) == ("b", "c")


def test_whose_hold_ends_soon_is_held_anew_before_anybody_is_told_and_beyond_the_budget():
    ends = {"a": 299, "b": 10, "c": 301}
    shown = {run: Shown("9th", NOW - 20, NOW + ends[run]) for run, _ in PLACES}
    assert to_tell(PLACES, shown, NOW, 1) == ("b", "a")
    assert to_tell(PLACES, shown, NOW, 3) == ("b", "a", "c")
    many = [(str(n), "1st") for n in range(100)]
    ending = {run: Shown("1st", NOW, NOW + float(run)) for run, _ in many}
    assert to_tell(many, ending, NOW, 2) == tuple(str(n) for n in range(8))


def test_after_a_long_look_no_more_are_told_than_after_a_short_one():
    assert [budget_of(seconds) for seconds in (0, 0.4, 0.5, 1, 2, 60)] == [0, 0, 1, 2, 4, 4]
