"""Reviews that cannot be made or said: the verdict is not lost, and everybody learns what is."""

from __future__ import annotations

import pytest

from tasks.core.verdict import Answer
from tasks.errors import CannotReview, ReviewError
from tasks.forge.errors import NotAllowed
from tasks.forge.said import NotSaid
from tests.flows.shop import Heard, error_of


def test_an_outage_of_some_seconds_is_sat_out_and_nothing_is_said_twice(shop):
    pull = shop.open()
    shop.github.fault("POST", "reviews$", how="502", when="after")
    shop.github.fault("POST", "comments$", how="drop", times=4)

    state = shop.review()

    assert state.name == "Completed"
    assert shop.said_once(pull.head_sha)
    assert shop.conclusion() == ("completed", "failure")


@pytest.mark.slow
def test_what_cannot_be_said_fails_the_run_which_names_it_and_the_verdict_is_there(shop):
    pull = shop.open()
    shop.github.fault("POST", "reviews$", how="502", times=1000)
    heard = Heard()

    state = shop.review(heard)

    error = error_of(state)
    assert isinstance(error, NotSaid)
    assert error.missing[0] == "posting the review"
    assert [verdict.answer for verdict in heard.verdicts] == [Answer.FAILED]
    assert shop.conclusion() == ("completed", "action_required")
    assert "could not be" in shop.check().output["title"]

    shop.github.faults.clear()
    shop.review()
    assert shop.said_once(pull.head_sha)
    assert shop.conclusion() == ("completed", "failure")


def test_a_git_server_that_refuses_fails_the_review_and_the_check_says_so(shop):
    pull = shop.open()
    shop.github.fault("", r"\.git/", how="403", times=1000)
    heard = Heard()

    state = shop.review(heard)

    assert isinstance(error_of(state), ReviewError)
    assert state.name == "Failed"
    assert shop.conclusion() == ("completed", "action_required")
    assert (pull.comments, pull.reviews, heard.verdicts) == ([], [], [])


def test_a_head_that_is_gone_because_of_a_push_is_superseded(shop):
    pull = shop.open()
    old = pull.head_sha

    def push_over(_call):
        shop.project.git("reset", "-q", "--hard", "main")
        shop.push()
        shop.github.pull(shop.name, pull.number)  # it moves refs/pull/1/head
        shop.project.git("reflog", "expire", "--expire=now", "--all")
        shop.project.git("gc", "-q", "--prune=now")

    shop.github.fault("GET", "info/refs", how=push_over)
    state = shop.review()

    assert state.name == "Superseded"
    assert pull.head_sha[:7] in state.message
    assert old not in shop.project.git("rev-list", "--all")


def test_a_pull_request_that_is_not_there_is_said_and_nothing_else_happens(shop):
    shop.open()
    shop.pull = type(shop.pull)(**{**vars(shop.pull), "number": 99})

    state = shop.review()

    assert isinstance(error_of(state), CannotReview)
    assert "#99" in str(error_of(state))
    assert shop.github.writes == []


def test_a_token_that_may_only_read_and_nobody_who_reads_it_here_fails_the_run(shop):
    pull = shop.open()
    heard = Heard()
    token = shop.github.actions_token(shop.name, read_only=True)

    state = shop.review(heard, token)

    error = error_of(state)
    assert isinstance(error, NotAllowed)
    assert "pull_requests: write" in str(error)
    assert [verdict.answer for verdict in heard.verdicts] == [Answer.FAILED]
    assert (pull.comments, pull.reviews, pull.repo.check_runs) == ([], [], [])
