"""One dispatcher leads, one stands by."""

from __future__ import annotations

import pytest

from tasks.core.queueing.leading import Dispatcher, Role, role

LIVE = [
    Dispatcher("b", since=200, moved=230),
    Dispatcher("a", since=100, moved=235),
    Dispatcher("d", since=240, moved=240),
    Dispatcher("c", since=240, moved=240),
]


def test_who_is_not_there_has_been_taken_for_dead():
    assert role("a", []) is Role.GONE
    assert role("x", LIVE) is Role.GONE


@pytest.mark.parametrize(
    ("mine", "expected"),
    [("a", Role.LEADER), ("b", Role.STANDBY), ("c", Role.SPARE), ("d", Role.SPARE)],
)
def test_the_oldest_leads_the_second_stands_by_others_are_too_many(mine, expected):
    assert role(mine, LIVE) is expected
    assert role(mine, LIVE[::-1]) is expected


def test_of_two_that_began_together_one_leads():
    assert role("c", LIVE[2:]) is Role.LEADER
    assert role("d", LIVE[2:]) is Role.STANDBY


def test_who_begins_while_older_ones_had_long_been_still_stays_to_watch_them():
    still = [Dispatcher("a", since=100, moved=130), Dispatcher("b", since=150, moved=190)]
    mine = Dispatcher("x", since=300, moved=300)
    assert role("x", [*still, mine]) is Role.STANDBY
    # whoever comes then finds one that moves, and after that two
    second, third = Dispatcher("y", 360, 360), Dispatcher("z", 361, 361)
    assert role("y", [*still, mine, second]) is Role.STANDBY
    assert role("z", [*still, Dispatcher("x", 300, 355), second, third]) is Role.SPARE
