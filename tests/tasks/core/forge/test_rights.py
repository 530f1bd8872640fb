"""What a review needs, and who has it."""

from __future__ import annotations

import pytest

from tasks.core.forge.rights import CURES, NEEDS, Has, Kind, Standing

NAMES = tuple(need.permission for need in NEEDS)
ALL = dict.fromkeys(NAMES, "write")
Y, N, U = Has.YES, Has.NO, Has.UNKNOWN


@pytest.mark.parametrize(
    ("standing", "has", "enough"),
    [  # contents to read and to write, pull_requests, checks, statuses, security_events
        (Standing(Kind.APP, "x", ALL), (Y, Y, Y, Y, Y, Y), True),
        (Standing(Kind.APP, "x", ALL | {"contents": "read"}), (Y, N, Y, Y, Y, Y), True),
        (Standing(Kind.APP, "x", ALL | {"checks": "read"}), (Y, Y, Y, N, Y, Y), True),
        (Standing(Kind.APP, "x", ALL | {"pull_requests": "read"}), (Y, Y, N, Y, Y, Y), False),
        (Standing(Kind.APP, "x", {"metadata": "read"}), (N, N, N, N, N, N), False),
        (Standing(Kind.ACTIONS, "x"), (U, U, U, U, U, U), True),
        (Standing(Kind.FINE, "x"), (Y, U, U, N, U, U), True),
        (Standing(Kind.FINE, "x", pushes=False), (Y, N, U, N, N, N), True),
        (Standing(Kind.FINE, "x", private=True), (U, U, U, N, U, U), True),
        (Standing(Kind.CLASSIC, "x", scopes=frozenset({"repo"})), (Y, Y, Y, N, Y, Y), True),
        (Standing(Kind.CLASSIC, "x", scopes=frozenset({"public_repo"})), (Y, Y, Y, N, Y, Y), True),
        (
            Standing(Kind.CLASSIC, "x", scopes=frozenset({"public_repo"}), private=True),
            (N, N, N, N, N, N),
            False,
        ),
        (Standing(Kind.CLASSIC, "x", scopes=frozenset({"repo:status"})), (Y, N, N, N, Y, N), False),
        (Standing(Kind.CLASSIC, "x"), (Y, N, N, N, N, N), False),
    ],
)
def test_each_kind_of_token_has_what_github_says(standing, has, enough):
    assert tuple(standing.has(need) for need in NEEDS) == has
    assert standing.enough is enough


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_where_to_give_what_is_missing(kind):
    assert Standing(kind, "x").cure == CURES[kind]


def test_what_a_review_cannot_do_without_is_required_and_the_rest_is_not():
    assert [need.permission for need in NEEDS if need.required] == ["contents", "pull_requests"]
