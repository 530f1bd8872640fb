"""A sweep on a real server: what nobody told us of is submitted, once a head."""

from __future__ import annotations

import asyncio
import os
from uuid import uuid4

import pytest
from prefect.states import Cancelled, Completed, Failed, Running, Scheduled

from blocks import GitHubToken
from flows.endings import NOT_REVIEWED, SUPERSEDED
from flows.pr_review import review_pull_request
from flows.sweep import IN_PART, NOTHING, sweep
from tasks.core.forge.sweeping import SweepSettings
from tasks.core.forge.taken import key_after
from tasks.core.inbound.keys import head_key
from tasks.core.render.words import count
from tasks.service.heads import live_heads
from tasks.service.inbound import CLOSED
from tasks.service.live import key_after as webhooks_key_after
from tasks.service.submit import submit
from tests.flows.asked import ask
from tests.flows.sweeping import runs_of, serve, sweeping


@pytest.fixture(scope="module", autouse=True)
def service():
    serve()


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
        return sweeping(f"github-token/{block}")

    return run


def runs(shop):
    """The runs of the shop's pull request, the newest last."""
    return runs_of([f"{shop.name}#1"])


def test_where_nothing_is_to_be_swept_that_is_said_with_what_to_do(swept):
    state = swept()
    assert state.name == NOTHING
    assert "the section `sweep` of github-token/default names none" in state.message
    assert asyncio.run(sweep(return_state=True)).name == NOTHING


def test_a_block_that_is_not_there_fails_the_sweep(shop):
    with pytest.raises(Exception, match="no block github-app/nobodys"):
        asyncio.run(sweep("github-app/nobodys"))


def test_a_lost_pull_request_is_submitted_once_a_head_and_reviewed(shop, swept, deployed):
    pull = shop.open()
    first = swept(shop.name)
    assert first.message == (
        "repositories looked at: 1, of which anew: 1; 1 open pull request, 1 review submitted"
    )
    (run,) = runs(shop)
    assert run.idempotency_key == f"head:{shop.name}#1@{pull.head_sha}"
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


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (Failed(message="no such branch"), 0),
        (Cancelled(message="cancelled by ada"), 0),
        (Cancelled(name=SUPERSEDED, message="its head is another one by now"), 1),
        (Cancelled(message="superseded by 0123456"), 1),
        (Cancelled(message=CLOSED), 1),
        (Completed(name=NOT_REVIEWED, message="it is a draft (pull_requests.drafts)"), 1),
        (Completed(name=NOT_REVIEWED, message="a label matches `no-review`"), 0),
    ],
    ids=["failed", "cancelled", "superseded", "by a webhook", "closed", "was a draft", "unwanted"],
)
def test_what_became_of_a_submitted_head_is_for_people_unless_nobody_wanted_that(
    shop, swept, state, again
):
    pull = shop.open()
    first = ask(
        lambda client: submit(client, shop.name, 1, key=head_key(shop.name + "#1", pull.head_sha))
    )
    ask(lambda client: client.set_flow_run_state(first.id, state, force=True))

    assert swept(shop.name).message.endswith(f"{count(again, 'review')} submitted")
    assert [run.idempotency_key for run in runs(shop)[1:]] == [f"after:{first.id}"] * again
    assert key_after(str(first.id)) == webhooks_key_after(first)


def test_a_head_that_somebody_submitted_by_hand_is_not_submitted_again(shop, swept):
    pull = shop.open()
    run = ask(lambda client: submit(client, shop.name.upper(), 1))

    async def end(client):
        tags = [*run.tags, f"head:{pull.head_sha}"]
        await client.update_flow_run(run.id, tags=tags)
        await client.set_flow_run_state(run.id, Failed(), force=True)

    ask(end)
    assert swept(shop.name).message.endswith("0 reviews submitted")
    shop.push()
    assert swept(shop.name).message.endswith("1 review submitted"), "another head"


def test_what_somebody_submitted_and_cancelled_before_it_began_is_not_submitted(shop, swept):
    shop.open()
    run = ask(lambda client: submit(client, shop.name, 1))
    ask(lambda client: client.set_flow_run_state(run.id, Cancelled(), force=True))
    assert swept(shop.name).message.endswith("0 reviews submitted")


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
