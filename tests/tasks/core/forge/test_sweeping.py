"""Which pull requests a sweep has reviewed: those that wait for an answer, and nobody is at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.sweeping import (
    Standing,
    SweepSettings,
    oldest,
    sorted_out,
    standing,
)
from tasks.core.forge.taken import EarlierRun

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD, OTHER = "a" * 40, "b" * 40
PULL = OpenPull("acme/shop", 7, HEAD, NOW - timedelta(hours=1))
SETTINGS = SweepSettings(repositories=("acme/shop",))
TAKEN = EarlierRun("one", "acme/shop#7", key=PULL.key)


def stands(pull, live=None, runs=(), **settings):
    return standing(pull, runs, live or {}, SETTINGS.model_copy(update=settings), NOW)


@pytest.mark.parametrize(
    ("pull", "runs"),
    [
        (replace(PULL, answered=True), ()),
        (replace(PULL, draft=True), ()),
        (replace(PULL, updated=NOW - timedelta(days=31)), ()),
        (PULL, [TAKEN]),
        (replace(PULL, updated=NOW), [TAKEN]),
    ],
    ids=["answered", "draft", "old", "submitted before", "submitted and touched since"],
)
def test_what_needs_nothing_is_left_alone_for_good(pull, runs):
    assert stands(pull, runs=runs) is Standing.DONE


@pytest.mark.parametrize(
    ("pull", "live"),
    [
        (replace(PULL, updated=NOW - timedelta(minutes=4)), {}),
        (PULL, {"acme/shop#7": [HEAD]}),
        (PULL, {"acme/shop#7": [OTHER, HEAD]}),
        (PULL, {"acme/shop#7": [""]}),
        (replace(PULL, repository="Acme/Shop"), {"acme/shop#7": [""]}),
    ],
    ids=["new", "at work", "beside", "waits", "case"],
)
def test_what_somebody_may_still_answer_is_looked_at_again(pull, live):
    assert stands(pull, live) is Standing.LATER


@pytest.mark.parametrize(
    ("pull", "live", "settings"),
    [
        (PULL, {}, {}),
        (PULL, {"acme/shop#7": [OTHER]}, {}),
        (PULL, {"acme/shop#8": [""]}, {}),
        (replace(PULL, draft=True), {}, {"drafts": True}),
        (replace(PULL, updated=NOW - timedelta(days=31)), {}, {"not_older_than_days": 40}),
        (replace(PULL, updated=NOW), {}, {"settled_minutes": 0}),
    ],
    ids=["missing", "pushed", "another", "draft", "old", "new"],
)
def test_what_nobody_answers_is_reviewed(pull, live, settings):
    assert stands(pull, live, **settings) is Standing.MISSING


def test_of_nothing_nothing_is_chosen_and_every_place_is_quiet():
    found = sorted_out({replace(PULL, answered=True): Standing.DONE}, 20)
    assert (found.chosen, found.more, found.restless) == ((), 0, frozenset())


def test_the_one_that_waits_longest_goes_first_and_where_more_is_left_it_is_not_quiet():
    pulls = [
        replace(PULL, repository=f"Acme/{n}", updated=NOW - timedelta(hours=n)) for n in (2, 9, 5)
    ]
    found = sorted_out(dict.fromkeys(pulls, Standing.MISSING), 2)
    assert [pull.repository for pull in found.chosen] == ["Acme/9", "Acme/5"]
    assert (found.more, found.restless) == (1, {"acme/2"})


def test_where_something_is_left_for_later_it_is_not_quiet():
    assert sorted_out({PULL: Standing.LATER}, 2).restless == {"acme/shop"}


def test_one_head_has_one_key():
    assert PULL.key == f"head:acme/shop#7@{HEAD}"
    assert replace(PULL, head=OTHER).key != PULL.key
    assert oldest(SETTINGS, NOW) == NOW - timedelta(days=30)


def test_a_repository_is_swept_once_whatever_its_case():
    said = ("acme/shop", " b/c ", "Acme/Shop")
    assert SweepSettings(repositories=said).repositories == ("acme/shop", "b/c")


def test_what_is_excluded_is_not_wanted_whatever_its_case():
    settings = SweepSettings(exclude=("Acme/Shop",))
    assert not settings.wants("acme/shop")
    assert settings.wants("acme/till")


def test_only_settings_that_may_find_more_make_us_read_all_again():
    other = {"drafts": True, "not_older_than_days": 31, "check": "ours"}
    assert all(SETTINGS.model_copy(update={k: v}).rules != SETTINGS.rules for k, v in other.items())
    assert SETTINGS.model_copy(update={"at_most": 2}).rules == SETTINGS.rules


@pytest.mark.parametrize("name", ["shop", "acme/*", "acme/..", "https://github.com/acme/shop"])
def test_what_is_no_repository_is_refused(name):
    with pytest.raises(ValidationError, match="expected owner/name"):
        SweepSettings(repositories=(name,))
    with pytest.raises(ValidationError, match="expected owner/name"):
        SweepSettings(exclude=(name,))
