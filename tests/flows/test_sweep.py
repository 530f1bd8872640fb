"""A sweep on a real server: what nobody told us of is submitted, once a head."""

from __future__ import annotations

import asyncio
import os
from uuid import uuid4

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.states import Completed, Running, Scheduled

from blocks import GitHubToken
from flows.pr_review import review_pull_request
from flows.sweep import IN_PART, NOTHING, sweep
from tasks.core.forge.sweeping import SweepSettings
from tasks.core.queueing.queues import POOL
from tasks.forge.sweeping import live_heads
from tasks.service.objects import ensure_objects
from tests.flows.asked import ask
from tests.flows.shop import QUICK


@pytest.fixture(scope="module", autouse=True)
def service():
    """What a sweep submits to."""

    async def make(client):
        await ensure_objects(client)
        flow = await client.create_flow(review_pull_request)
        await client.create_deployment(
            flow,
            "on-pull-request",
            work_pool_name=POOL,
            work_queue_name="normal",
            entrypoint="flows.pr_review.review_pull_request",
            parameters={"only": QUICK},
        )

    ask(make)


@pytest.fixture
def swept(shop):
    """Sweep these repositories, of which this is a block's section; return the run's state."""
    block = f"sweep-{uuid4().hex[:8]}"

    def run(*repositories, **settings):
        said = {"repositories": repositories, "settled_minutes": 0, **settings}
        GitHubToken(
            token=shop.github.token("ci-bot"),
            api_url=shop.github.api_url,
            sweep=SweepSettings(**said),
        ).save(block, overwrite=True, _sync=True)
        return asyncio.run(sweep(f"github-token/{block}", return_state=True))

    return run


def runs(shop):
    """The runs of the shop's pull request."""
    which = FlowRunFilter(tags=FlowRunFilterTags(all_=[f"{shop.name}#1"]))
    return ask(lambda client: client.read_flow_runs(flow_run_filter=which))


def test_where_nothing_is_to_be_swept_that_is_said_with_what_to_do(swept):
    state = swept()
    assert state.name == NOTHING
    assert "section `sweep` of the block github-app/default" in state.message
    assert asyncio.run(sweep(return_state=True)).name == NOTHING


def test_a_block_that_is_not_there_fails_the_sweep(shop):
    with pytest.raises(Exception, match="no block github-app/nobodys"):
        asyncio.run(sweep("github-app/nobodys"))


def test_a_lost_pull_request_is_submitted_once_a_head_and_reviewed(shop, swept, deployed):
    pull = shop.open()
    first = swept(shop.name)
    assert first.message == "1 open pull request in 1 repositories, 1 review submitted"
    (run,) = runs(shop)
    assert run.idempotency_key == f"sweep:{shop.name}#1@{pull.head_sha}"
    assert run.work_queue_name == "normal"

    assert swept(shop.name).message.endswith("0 reviews submitted"), "it waits already"

    due = Scheduled()  # what others have left in the pool may keep it on hold
    ask(lambda client: client.set_flow_run_state(run.id, due, force=True))
    process = deployed.execute(run.id, GITHUB_TOKEN="")
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0, out
    assert shop.said_once(pull.head_sha)
    assert swept(shop.name).message.endswith("0 reviews submitted"), "it has its answer"

    shop.push()
    assert swept(shop.name).message.endswith("1 review submitted"), "another head"


def test_what_a_sweep_submitted_and_nobody_could_answer_is_not_submitted_again(shop, swept):
    shop.open()
    swept(shop.name)
    (run,) = runs(shop)
    ask(lambda client: client.set_flow_run_state(run.id, Completed(), force=True))

    assert swept(shop.name, at_most=1).message.endswith("0 reviews submitted")


def test_a_head_that_a_run_is_at_is_left_to_it_and_a_newer_one_is_not(shop, swept):
    pull = shop.open()

    async def begin(client):
        flow = await client.create_flow(review_pull_request)
        run = await client.create_flow_run(
            review_pull_request,
            parameters={"repository": shop.name, "number": 1},
            tags=[f"{shop.name}#1", f"head:{pull.head_sha}"],
        )
        assert run.flow_id == flow
        await client.set_flow_run_state(run.id, Running(), force=True)
        return run

    run = ask(begin)
    assert ask(live_heads)[f"{shop.name}#1"] == {pull.head_sha}
    assert swept(shop.name).message.endswith("0 reviews submitted")

    shop.push()
    assert swept(shop.name).message.endswith("1 review submitted")
    ask(lambda client: client.set_flow_run_state(run.id, Completed(), force=True))


def test_there_is_a_bound_and_the_rest_comes_next_time(shop, swept):
    shop.open()
    for number in range(2):
        shop.project.git("branch", f"b{number}", "feature")
        shop.github.open_pull(shop.name, head=f"b{number}")
    assert swept(shop.name, at_most=2).message.endswith("2 reviews submitted, 1 more next time")
    assert swept(shop.name, at_most=2).message.endswith("1 review submitted")


def test_what_cannot_be_seen_keeps_nobody_from_seeing_the_others(shop, swept):
    shop.open()
    state = swept("acme/nowhere", shop.name)
    assert state.name == IN_PART
    assert "1 review submitted; not seen: acme/nowhere: GitHub shows" in state.message
    assert swept("acme/nowhere").is_failed()
    assert os.environ["GITHUB_TOKEN"] == "", "the block's token was enough"
