"""Which heads the service has taken before: nobody else submits those again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tasks.core.context import PRContext, PullState
from tasks.core.forge.admission import why_not
from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.taken import EarlierRun, has_passed, key_after, key_of, was_taken
from tasks.core.policy import PullRequestPolicy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD, OTHER = "a" * 40, "b" * 40
PULL = OpenPull("Acme/Shop", 7, HEAD, NOW - timedelta(hours=1))
RUN = EarlierRun("one", "acme/shop#7", ended=NOW)
KEYED = replace(RUN, key=PULL.key)
WEBHOOKS = "delivery:1"


@pytest.mark.parametrize(
    "runs",
    [
        (),
        (replace(KEYED, pull="acme/shop#8"),),
        (replace(RUN, head=HEAD, of_service=False),),
        (replace(KEYED, passed=True),),
        (replace(KEYED, head=HEAD, why_not="it is a draft (pull_requests.drafts)"),),
        (replace(RUN, head=OTHER),),
        (replace(KEYED, head=OTHER),),
        (replace(RUN, ended=None),),
        (replace(RUN, ended=PULL.updated - timedelta(seconds=1)),),
        (replace(RUN, key=WEBHOOKS),),
        (replace(RUN, key=key_after("nobody's")),),
    ],
    ids=[
        "never", "of another", "somebody's own", "superseded", "a draft then", "of another head",
        "submitted for it, read another", "waits", "ended before a push", "asked for otherwise",
        "in the place of a run of another",
    ],
)  # fmt: skip
def test_what_was_not_for_this_head_does_not_count(runs):
    assert not was_taken(PULL, runs)


@pytest.mark.parametrize(
    "run",
    [
        KEYED,
        replace(KEYED, ended=None),
        replace(KEYED, head=HEAD),
        replace(RUN, head=HEAD),
        replace(RUN, head=HEAD, ended=None, key=WEBHOOKS),
        replace(KEYED, why_not="a label matches `no-review` (pull_requests.ignore_labels)"),
        replace(RUN, ended=PULL.updated),
    ],
    ids=[
        "cancelled before it began", "waits", "went wrong", "submitted by a person, and ended",
        "asked for in a comment, at work", "the policy does not want it",
        "submitted by a person, and cancelled before it began",
    ],
)  # fmt: skip
def test_what_became_of_a_run_of_this_head_is_for_people_to_judge(run):
    assert was_taken(PULL, [run])


def test_a_draft_that_is_still_one_was_taken():
    run = replace(KEYED, why_not="it is a draft (pull_requests.drafts)")
    assert was_taken(replace(PULL, draft=True), [run])


def test_what_takes_the_place_of_a_run_is_for_the_same_head():
    moved = replace(KEYED, passed=True)
    waits = EarlierRun("two", RUN.pull, key=key_after("one"))
    assert was_taken(PULL, [moved, waits])
    assert not was_taken(PULL, [moved, replace(waits, head=OTHER)])


def test_a_head_is_submitted_under_its_key_or_in_the_place_of_the_last_that_had_it():
    second = EarlierRun("two", RUN.pull, key=key_after("one"))
    assert key_of(PULL, []) == PULL.key
    assert key_of(PULL, [replace(RUN, head=OTHER)]) == PULL.key
    assert key_of(PULL, [KEYED]) == "after:one"
    assert key_of(PULL, [second, KEYED]) == "after:two"


def test_runs_that_name_each_other_are_no_endless_chain():
    mine = replace(KEYED, run="one")
    assert key_of(PULL, [mine, replace(mine, key=key_after("one"))]) == "after:one"


@pytest.mark.parametrize(
    ("about", "draft", "passed"),
    [
        ({"draft": True}, False, True),
        ({"draft": True}, True, False),
        ({"state": PullState.CLOSED}, False, True),
        ({"labels": ("no-review",)}, False, False),
    ],
    ids=["ready", "still a draft", "open again", "a label"],
)
def test_the_reasons_that_pass_are_those_of_the_policy_in_its_own_words(about, draft, passed):
    context = PRContext(repository="acme/shop", pr_number=7, **about)
    said = why_not(context, PullRequestPolicy())
    assert said
    assert has_passed(said, draft=draft) is passed
