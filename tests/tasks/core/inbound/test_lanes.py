"""What is about one pull request is one lane; all else is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tasks.core.inbound.lanes import covered, lane_of, subject_name
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    LookAround,
    Obey,
    Reprioritise,
    ReviewAgain,
    ReviewHead,
    Seen,
    Subject,
    Verb,
)
from tasks.core.plan import TaskPriority

SHOP = Subject("Acme/Shop", 7)
SEEN = Seen(SHOP, "a" * 40, datetime(2026, 1, 1, tzinfo=UTC), TaskPriority.MEDIUM, "opened")


@pytest.mark.parametrize(
    ("wish", "name"),
    [(Ignore("why"), ""), (LookAround(("a/b", "c/d")), "a/b, c/d"), (LookAround(()), "an inst")],
)
def test_what_is_about_no_pull_request_has_no_lane(wish, name):
    assert lane_of(wish) == ""
    assert subject_name(wish).startswith(name)


def later(seconds):
    return replace(SEEN, updated=SEEN.updated + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("wish", "behind"),
    [
        (End(SEEN), ReviewHead(later(1))),
        (End(SEEN), End(later(1))),
        (ReviewHead(SEEN), Reprioritise(later(1))),
        (ReviewHead(SEEN), ReviewHead(later(-1))),
        (ReviewHead(SEEN), End(later(-1))),
        (ReviewHead(SEEN), ReviewAgain(SHOP, "a" * 40, "ann")),
        (Reprioritise(SEEN), ReviewHead(later(1))),
        (Reprioritise(SEEN), Reprioritise(later(-1))),
        (Obey(SHOP, 1, "ann", Verb.REVIEW), ReviewHead(later(1))),
    ],
)
def test_what_comes_after_takes_nothing_away_that_it_does_not_do(wish, behind):
    assert not covered(wish, behind)


@pytest.mark.parametrize(
    ("wish", "behind"),
    [
        (ReviewHead(SEEN), ReviewHead(later(1))),
        (ReviewHead(SEEN), ReviewHead(SEEN)),
        (ReviewHead(SEEN), End(later(1))),
        (Reprioritise(SEEN), Reprioritise(later(1))),
    ],
)
def test_the_last_of_a_burst_counts(wish, behind):
    assert covered(wish, behind)


@pytest.mark.parametrize(
    "wish",
    [
        ReviewHead(SEEN),
        Reprioritise(SEEN),
        End(SEEN),
        ReviewAgain(SHOP, "a" * 40, "ann"),
        Obey(SHOP, 1, "ann", Verb.HELP),
    ],
)
def test_a_pull_request_is_a_lane_in_any_case_of_letters(wish):
    assert lane_of(wish) == "acme/shop#7"
    assert subject_name(wish) == "Acme/Shop#7"
