"""What an error says, and that it survives the way between processes."""

from __future__ import annotations

import pickle

import pytest

from tasks.core.forge.limits import Wait
from tasks.errors import ReviewError
from tasks.forge.errors import (
    Ambiguous,
    BadCredentials,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
    Unreachable,
)

ERRORS = {
    Ambiguous("posting the review", "502"): (
        "posting the review: GitHub's answer was lost (502); "
        "it may have taken effect, so look before you repeat it"
    ),
    Unreachable("reading acme/shop#1"): (
        "reading acme/shop#1: GitHub does not answer; "
        "see https://www.githubstatus.com or the network, then try again"
    ),
    RateLimited("posting the review", Wait(90, "slow down; it goes on in 90 s")): (
        "posting the review: slow down; it goes on in 90 s"
    ),
    BadCredentials("reading acme/shop#1", "Bad credentials"): (
        "reading acme/shop#1: GitHub does not accept the token (Bad credentials); "
        "it may be expired or revoked: make a new one, then `review connect`"
    ),
    NotAllowed("creating the check run", "Resource not accessible", "checks=write"): (
        "creating the check run: GitHub does not allow it (Resource not accessible); give the App "
        "or token the permission checks=write; `review connect check` lists what it has"
    ),
    Gone("reading acme/shop", "Not Found"): (
        "reading acme/shop: it is not there, or this token may not see it (Not Found); "
        "check the name, and whether the App is installed or the token covers the repository"
    ),
    Refused("posting the review", "Unprocessable", 422, ["line must be part of the diff"]): (
        "posting the review: GitHub refused it with 422: line must be part of the diff "
        "(Unprocessable); repeating it changes nothing"
    ),
}


@pytest.mark.parametrize(("error", "text"), ERRORS.items())
def test_every_error_says_what_was_tried_what_happened_and_what_to_do(error, text):
    assert isinstance(error, ReviewError)
    assert str(error) == text


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_survives_the_way_between_processes(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - Prefect does this to results

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_what_github_says_is_one_visible_line_of_bounded_length():
    text = str(Refused("x", "a\x1b[31m\nb" + "c" * 9000, 422, ["\x07" + "d" * 9000]))

    assert text.isprintable()
    assert len(text) < 1000
