"""What a sweep remembers: enough to ask for little, and never so much that a head is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.forge.lookout import (
    FORGOTTEN_SECONDS,
    READ_SECONDS,
    Known,
    Listing,
    Memory,
    is_short,
    mark_of,
    memory_of,
)

NOW = 1_000_000.0
QUIET = Known("W/1", "seen", quiet=True, looked=NOW, read=NOW)
PAGE = Listing("W/2", ("acme/shop",), more=True)
MEMORY = Memory("rules", {"acme/shop": QUIET}, {"7/1": PAGE})


def pull(number=1, sha="a", updated="2026-03-01T12:00:00Z", **more):
    return {"number": number, "head": {"sha": sha}, "updated_at": updated, **more}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"known": {}}', '{"known": {"a": {"new": 1}}, "listings": {}}'],
)
def test_what_is_damaged_or_of_another_version_is_as_if_nothing_was_known(text):
    assert memory_of(text) == Memory()


def test_what_is_written_is_read_again():
    assert memory_of(MEMORY.written()) == MEMORY
    assert Memory().of("acme/shop") == Known()
    assert MEMORY.of("Acme/Shop") == QUIET


def test_with_other_settings_all_is_read_again_but_the_repositories_are_the_same():
    assert MEMORY.under("rules") is MEMORY
    assert MEMORY.under("others") == Memory("others", listings=MEMORY.listings)


@pytest.mark.parametrize(
    ("known", "now"),
    [
        (replace(QUIET, quiet=False), QUIET),
        (QUIET, replace(QUIET, seen="other")),
        (Known(), replace(QUIET, seen="other")),
        (QUIET, replace(QUIET, looked=NOW + READ_SECONDS)),
    ],
    ids=["something was left", "something changed", "never seen", "a day ago"],
)
def test_what_may_have_something_to_do_is_read(known, now):
    assert not known.is_all_there_is(now)


def test_what_was_quiet_and_is_the_same_is_not_read():
    assert QUIET.is_all_there_is(replace(QUIET, etag="W/another", looked=NOW + 600))


def test_those_we_have_not_looked_at_for_the_longest_time_come_first():
    seen = {"a/late": replace(QUIET, looked=9), "a/early": replace(QUIET, looked=3)}
    known = Memory(known=seen)
    assert known.longest_ago(["a/late", "a/Early", "a/new"]) == ("a/new", "a/Early", "a/late")


def test_what_is_seen_now_is_kept_beside_what_was_and_what_is_long_gone_is_forgotten():
    gone = replace(QUIET, looked=NOW - FORGOTTEN_SECONDS)
    old = replace(MEMORY, known={**MEMORY.known, "acme/gone": gone})
    new = old.and_now({"Acme/Till": QUIET}, {"8/1": PAGE}, NOW)
    assert set(new.known) == {"acme/shop", "acme/till"}
    assert set(new.listings) == {"7/1", "8/1"}
    assert new.rules == "rules"


def test_a_list_has_the_same_mark_as_long_as_what_matters_is_the_same():
    once = mark_of([pull(stars=1)])
    assert mark_of([pull(stars=2, draft=False)]) == once
    others = [[], [pull(), pull(2)], [pull(2)], [pull(sha="b")], [pull(updated="x")]]
    assert all(mark_of(other) != once for other in [*others, [pull(draft=True)]])


@pytest.mark.parametrize(("left", "short"), [(5000, False), (1000, False), (999, True), (0, True)])
def test_a_fifth_of_the_hour_is_left_to_the_reviews(left, short):
    assert is_short(left, 5000) is short
