"""Which pull requests a sweep has reviewed: those that wait for an answer, and nobody is at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tasks.core.forge.sweeping import OpenPull, SweepSettings, oldest, unanswered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD, OTHER = "a" * 40, "b" * 40
PULL = OpenPull("acme/shop", 7, HEAD, NOW - timedelta(hours=1))
SETTINGS = SweepSettings(repositories=("acme/shop",))


def swept(*pulls, live=None, **settings):
    return unanswered(pulls, live or {}, SETTINGS.model_copy(update=settings), NOW)


@pytest.mark.parametrize(
    ("pull", "live"),
    [
        (replace(PULL, answered=True), {}),
        (replace(PULL, draft=True), {}),
        (replace(PULL, updated=NOW - timedelta(days=31)), {}),
        (replace(PULL, updated=NOW - timedelta(minutes=4)), {}),
        (PULL, {"acme/shop#7": [HEAD]}),
        (PULL, {"acme/shop#7": [OTHER, HEAD]}),
        (PULL, {"acme/shop#7": [""]}),
        (replace(PULL, repository="Acme/Shop"), {"acme/shop#7": [""]}),
    ],
    ids=["answered", "draft", "old", "new", "at work", "beside", "waits", "case"],
)
def test_what_needs_nothing_is_left_alone(pull, live):
    assert swept(pull, live=live) == ()


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
    assert swept(pull, live=live, **settings) == (pull,)


def test_the_one_that_waits_longest_goes_first():
    pulls = [replace(PULL, number=n, updated=NOW - timedelta(hours=n)) for n in (2, 9, 5)]
    assert [pull.number for pull in swept(*pulls)] == [9, 5, 2]


def test_one_head_has_one_key():
    assert PULL.key == f"head:acme/shop#7@{HEAD}"
    assert replace(PULL, head=OTHER).key != PULL.key
    assert oldest(SETTINGS, NOW) == NOW - timedelta(days=30)


def test_a_repository_is_swept_once_whatever_its_case():
    said = ("acme/shop", " b/c ", "Acme/Shop")
    assert SweepSettings(repositories=said).repositories == ("acme/shop", "b/c")


@pytest.mark.parametrize("name", ["shop", "acme/*", "acme/..", "https://github.com/acme/shop"])
def test_what_is_no_repository_is_refused(name):
    with pytest.raises(ValidationError, match="expected owner/name"):
        SweepSettings(repositories=(name,))
