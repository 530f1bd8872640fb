"""A review that is cancelled while no process is at it says so on GitHub, whoever cancels it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from prefect import get_client
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from prefect.states import AwaitingRetry, Cancelling, Crashed, Running, Suspended

from flows.farewells import Farewells
from flows.pr_review import review_pull_request
from flows.reconcile import reconcile
from tasks import review_moves
from tasks.core.forge.about import Run
from tasks.core.forge.saying import to_begin
from tasks.core.inbound.wishes import End, Seen, Subject
from tasks.core.plan import TaskPriority
from tasks.core.policy import ReviewPolicy
from tasks.core.queueing.marks import OWNER, PREEMPTED, SAID
from tasks.core.queueing.queues import POOL
from tasks.forge.tell import Wire, speak
from tasks.runs import HEAD
from tasks.service.dispatchers import live_dispatchers
from tasks.service.inbound import fulfil
from tasks.service.live import cancel
from tasks.service.moves import preempt
from tasks.service.submit import submit
from tests.flows.deployed import STEP
from tests.flows.pool import Pool
from tests.flows.shop import OURS, wait_until

LOG = logging.getLogger("tests.farewells")

PREEMPTION = State(
    type=StateType.PAUSED, name=PREEMPTED, state_details=StateDetails(pause_reschedule=True)
)
IDLE = [PREEMPTION, Suspended(), AwaitingRetry()]


class Scene:
    """Reviews of the shop's pull request that have shown on GitHub that they go on."""

    def __init__(self, shop, pool: Pool) -> None:
        self.shop, self.pool, self.client = shop, pool, pool.client
        self.farewells = Farewells(self.client, LOG)

    async def resting(self, state: State = PREEMPTION, **parameters) -> FlowRun:
        """One that has begun, and that no process is at."""
        await asyncio.to_thread(self.show)
        run = await submit(self.client, self.shop.name, 1, parameters=parameters)
        await self.client.update_flow_run_labels(run.id, {OWNER: "a process that is gone"})
        await self.client.update_flow_run(run.id, tags=[*run.tags, f"{HEAD}{self.head}"])
        for one in (Running(), state):
            await self.client.set_flow_run_state(run.id, one, force=True)
        return await self.client.read_flow_run(run.id)

    @property
    def head(self) -> str:
        return self.shop.github.pull(self.shop.name, 1).head_sha

    def show(self, *, again: bool = False) -> None:
        """Do what a review does when its steps begin."""

        def decide(conversation, trouble):
            return to_begin(conversation, Run(run="a run"), "in_progress", trouble, again=again)

        speak(Wire(self.shop.name, 1), decide, ReviewPolicy().say.check)

    async def said(self, run: FlowRun) -> str:
        """How it was said of its last state, or nothing."""
        now = await self.client.read_flow_run(run.id)
        state, _, how = now.labels.get(SAID, "").partition(" ")
        return how if state == str(now.state_id) else ""

    @property
    def writes(self) -> int:
        """How often something was changed on GitHub."""
        return sum(call.is_write for call in self.calls)

    @property
    def calls(self):
        return self.shop.github.calls


@pytest.fixture
async def scene(shop, monkeypatch) -> AsyncIterator[Scene]:
    shop.open()
    monkeypatch.setenv("GITHUB_TOKEN", shop.github.actions_token(shop.name))
    async with get_client() as client:
        yield Scene(shop, await Pool.empty(client))


async def test_what_rests_and_what_has_shown_nothing_gets_no_farewell(scene):
    run = await scene.resting()
    waits = await submit(scene.client, scene.shop.name, 1)
    await cancel(scene.client, waits, "not today")
    await scene.farewells.once()
    assert scene.shop.conclusion() == ("in_progress", None)
    assert await scene.said(run) == await scene.said(waits) == ""


async def test_what_was_only_looked_at_says_nothing_at_its_end_either(scene):
    run = await scene.resting(publish=False)
    await cancel(scene.client, run, "not today")
    before = len(scene.calls)
    await scene.farewells.once()
    assert len(scene.calls) == before


@pytest.mark.parametrize("idle", IDLE, ids=lambda state: state.name)
async def test_its_check_ends_whoever_cancels_it(scene, idle):
    run = await scene.resting(idle)
    await review_moves.cancel(scene.client, run)
    await scene.farewells.once()
    assert scene.shop.conclusion() == ("completed", "action_required")
    assert "its run was cancelled" in scene.shop.check().output["title"]
    assert await scene.said(run) == "said"


async def test_who_cancels_it_in_prefect_or_by_closing_the_pull_request_need_not_say_it(scene):
    in_ui = await scene.resting()
    await scene.client.set_flow_run_state(in_ui.id, Cancelling())
    closed = await scene.resting()
    subject = Subject(scene.shop.name, 1)
    wish = End(Seen(subject, scene.head, datetime.now(UTC), TaskPriority.MEDIUM, ""))
    await fulfil(scene.client, wish, delivery="one")
    scene.shop.github.close(scene.shop.pull)
    await scene.farewells.once()
    assert scene.shop.conclusion() == ("completed", "action_required")
    assert [await scene.said(run) for run in (in_ui, closed)] == ["said", "nothing was to be said"]


async def test_who_does_it_again_after_a_crash_writes_nothing_twice(scene):
    run = await scene.resting()
    await cancel(scene.client, run, "not today")
    await scene.farewells.once()
    writes = scene.writes
    await scene.client.update_flow_run_labels(run.id, {SAID: ""})  # it was not noted any more
    await asyncio.gather(*(Farewells(scene.client, LOG).once() for _ in range(2)))
    assert scene.writes == writes
    assert await scene.said(run) == "nothing was to be said"
    assert "not today" in scene.shop.check().output["title"]


async def test_who_is_tried_again_and_cancelled_again_says_so_again(scene):
    run = await scene.resting()
    await cancel(scene.client, run, "not today")
    await scene.farewells.once()
    await review_moves.retry(scene.client, await scene.client.read_flow_run(run.id))
    await scene.client.set_flow_run_state(run.id, PREEMPTION, force=True)
    await asyncio.to_thread(scene.show, again=True)
    assert scene.shop.checks[-1][1:] == ("in_progress", None)
    await cancel(scene.client, await scene.client.read_flow_run(run.id), "not today")
    await scene.farewells.once()
    assert scene.shop.checks[-1][1:] == ("completed", "action_required")


async def test_a_head_that_is_gone_is_superseded(scene):
    run, old = await scene.resting(), scene.head
    scene.shop.push()
    await cancel(scene.client, run, "superseded")
    await scene.farewells.once()
    assert scene.shop.conclusion(old) == ("completed", "neutral")


async def test_a_check_that_another_run_will_end_goes_on(scene):
    run, _ = await scene.resting(), await scene.resting()
    await cancel(scene.client, run, "not today")
    await scene.farewells.once()
    assert scene.shop.conclusion() == ("in_progress", None)
    assert (await scene.said(run)).endswith("is at it")


async def test_what_github_does_not_take_now_is_said_later(scene):
    run = await scene.resting()
    await cancel(scene.client, run, "not today")
    scene.shop.github.fault(path="graphql", how="rate_primary")
    for _ in range(2):
        await scene.farewells.once()
        assert await scene.said(run) == ""
    await Farewells(scene.client, LOG).once()  # another one leads by now
    assert scene.shop.conclusion() == ("completed", "action_required")


async def test_what_cannot_be_said_is_tried_once(scene):
    run = await scene.resting()
    await cancel(scene.client, run, "not today")
    del scene.shop.pull.repo.pulls[1]
    await scene.farewells.once()
    assert (await scene.said(run)).startswith("it cannot be")


@pytest.mark.slow
async def test_the_dispatcher_says_it_beside_its_other_work(scene):
    run = await scene.resting()
    for live in await live_dispatchers(scene.client):
        await scene.client.set_flow_run_state(live.id, Crashed(), force=True)
    leader = asyncio.create_task(reconcile(return_state=True))
    await cancel(scene.client, run, "not today")
    async with asyncio.timeout(90):
        while not await scene.said(run):  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.2)
    assert scene.shop.conclusion() == ("completed", "action_required")
    (live,) = await live_dispatchers(scene.client)
    await scene.client.set_flow_run_state(live.id, Cancelling())
    assert (await leader).name == "Cancelled"


@pytest.mark.slow
async def test_a_real_review_that_gave_way_and_is_stopped_then_has_an_end(
    shop, slow, deployed, monkeypatch
):
    monkeypatch.setenv("GITHUB_TOKEN", shop.github.actions_token(shop.name))
    async with get_client() as client:
        await Pool.empty(client)
        await client.create_deployment(
            await client.create_flow(review_pull_request),
            "on-pull-request",
            work_pool_name=POOL,
            work_queue_name="normal",
            entrypoint="flows.pr_review.review_pull_request",
            pull_steps=[{STEP: {"directory": str(shop.folder)}}],
        )
        asked = {"only": ["test_coverage"], "policy": OURS}
        run = await submit(client, shop.name, 1, parameters=asked)
        process = deployed.execute(run.id)
        await asyncio.to_thread(wait_until, lambda: slow.exists() or process.poll() is not None, 90)
        assert await preempt(client, await client.read_flow_run(run.id), "for a critical one")
        out, _ = await asyncio.to_thread(process.communicate, timeout=90)
        assert shop.conclusion() == ("in_progress", None), out
        await review_moves.cancel(client, await client.read_flow_run(run.id))
        await Farewells(client, LOG).once()
        assert shop.conclusion() == ("completed", "action_required")
