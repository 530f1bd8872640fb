"""A pull request that changes while it is reviewed: no word about what it is no more."""

from __future__ import annotations

import asyncio
import time
from contextvars import copy_context
from threading import Thread

from flows.audience import AUDIENCE
from flows.pr_review import review_pull_request
from tasks.errors import CannotReview
from tests.flows.shop import BROKEN, DOCSTRING, QUICK, Heard, error_of, runs_of, wait_until


def test_one_that_is_for_another_branch_by_now_gets_no_verdict_on_the_old_one(shop):
    pull = shop.open()
    shop.project.git("branch", "release", "main")

    def retarget():
        pull.base_ref = "release"

    state = shop.review(Heard(retarget))

    assert isinstance(error_of(state), CannotReview)
    assert "is for release by now" in state.message
    assert not pull.reviews
    assert not pull.comments
    assert shop.conclusion() == ("completed", "action_required")


def test_a_run_that_was_overtaken_leaves_the_newer_head_its_one_check_run(shop):
    old = shop.open().head_sha
    ended, heads = [], []

    def overtake():
        heads.append(shop.push())
        newer = Thread(target=copy_context().run, args=(lambda: ended.append(shop.review()),))
        newer.start()
        newer.join()

    shop.review(Heard(overtake))

    assert [state.name for state in ended] == ["Completed"]
    assert shop.checks == [
        (old, "completed", "neutral"),
        (heads[0], "completed", "failure"),
    ]


def test_a_run_that_is_ended_does_not_wait_out_a_rate_limit_first(shop, monkeypatch):
    pull = shop.open()
    monkeypatch.setenv("GITHUB_TOKEN", shop.github.actions_token(shop.name))
    heard = Heard(lambda: shop.github.fault("POST", "graphql", how="rate_primary", times=999))

    async def review_until_limited():
        AUDIENCE.set(heard)
        work = asyncio.ensure_future(
            review_pull_request(shop.name, pull.number, only=QUICK, return_state=True)
        )
        await asyncio.to_thread(wait_until, lambda: heard.lines)
        began = time.monotonic()
        work.cancel()
        await asyncio.wait({work}, timeout=60)
        return time.monotonic() - began

    assert asyncio.run(review_until_limited()) < 30, "it waited for GitHub's next hour"


def test_how_urgent_it_is_stands_on_its_run(shop):
    shop.open({"app.py": DOCSTRING}, labels=("priority: critical",))
    shop.review()
    (run,) = runs_of(shop.name)
    assert "priority:critical" in run.tags


def test_again_is_shown_by_a_new_check_run_and_nothing_is_said_again(shop):
    pull = shop.open(BROKEN)
    shop.review()
    shop.review(again=True)

    head = pull.head_sha
    assert shop.checks == [(head, "completed", "failure")] * 2
    assert shop.said_once(head)
