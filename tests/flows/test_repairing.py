"""Whose process has died gets its review begun again, as often as is bearable, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from prefect import flow, get_client
from prefect.context import FlowRunContext
from prefect.exceptions import Abort
from prefect.flow_engine import run_flow_async
from prefect.states import Cancelling, Completed, Crashed, Pending, Running

from flows.watching import watching
from tasks.core.forge.limits import Wait
from tasks.core.queueing.marks import ATTEMPT, OWNER, PULSE
from tasks.core.queueing.queues import SERVICE
from tasks.runs import put_off
from tasks.service.moves import call_dead, send_back
from tasks.service.submit import DEPLOYMENT
from tests.flows.pool import Pool


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """A pool in which one review runs."""
    async with get_client() as client:
        pool = await Pool.empty(client)
        await pool.submit("a/1")
        await pool.work()
        yield pool


async def test_who_shows_that_it_lives_goes_on(pool):
    for beat in range(3):
        await pool.client.update_flow_run_labels(pool.runs["a/1"], {PULSE: str(beat)})
        await pool.dispatcher.tick()
        pool.pass_by(44)
    await pool.client.update_flow_run_labels(pool.runs["a/1"], {PULSE: "last"})
    await pool.dispatcher.tick()
    assert await pool.state("a/1") == "Running"


async def test_who_is_silent_is_called_dead_with_the_reason_and_begun_again(pool):
    await pool.dispatcher.tick()
    pool.pass_by(46)
    await pool.dispatcher.tick()

    assert await pool.state("a/1") == "AwaitingRetry"
    assert (await pool.why("a/1")).startswith("attempt 2 of 3: no sign of life for 4")
    assert [state.name for state in await pool.history("a/1")][-3:] == [
        "Running",
        "Crashed",
        "AwaitingRetry",
    ]
    assert await pool.offered() == ["a/1"]


async def test_who_was_told_to_end_goes_on_and_has_not_died(pool):
    """As often as the service is brought down and up again."""
    for _ in range(5):
        await pool.force("a/1", Crashed(message="Execution was aborted by a termination signal."))
        await pool.dispatcher.tick()
        assert await pool.state("a/1") == "AwaitingRetry"
        assert (await pool.why("a/1")).startswith("goes on as soon as there is a worker")
        assert await pool.offered() == ["a/1"]


async def test_what_worker_and_process_died_over_is_found_before_its_first_sign_of_life(pool):
    """Claimed, or begun, and nothing more."""
    await pool.submit("b/1")
    await pool.set("b/1", Pending())
    await pool.dispatcher.tick()
    pool.pass_by(91)
    await pool.dispatcher.tick()
    assert await pool.state("b/1") == "AwaitingRetry"

    await pool.force("b/1", Running())
    await pool.dispatcher.tick()
    pool.pass_by(91)
    await pool.dispatcher.tick()
    assert await pool.why("b/1") == "attempt 3 of 3: no sign of life for 91 s"


async def test_what_serves_and_died_before_its_first_sign_gives_its_place_back(pool):
    deployment = await pool.client.read_deployment_by_name(DEPLOYMENT)
    run = await pool.client.create_flow_run_from_deployment(
        deployment.id, work_queue_name=SERVICE, tags=["service"]
    )
    others = await pool.client.create_flow_run_from_deployment(
        deployment.id, work_queue_name=SERVICE
    )
    for one in (run, others):
        await pool.set(one.id, Pending())
        await pool.begin(one.id, pulse=False)
    await pool.dispatcher.tick()
    pool.pass_by(91)
    await pool.dispatcher.tick()
    assert (await pool.client.read_flow_run(run.id)).state.name == "Crashed"
    assert (await pool.client.read_flow_run(others.id)).state.name == "Running"


async def test_what_somebody_cancelled_and_nobody_ended_is_cancelled(pool):
    await pool.set("a/1", Cancelling(message="by hand"))
    await pool.dispatcher.tick()
    pool.pass_by(91)
    await pool.dispatcher.tick()
    assert await pool.state("a/1") == "Cancelled"


async def test_while_our_own_signs_do_not_get_through_nobody_is_called_dead(pool):
    await pool.dispatcher.tick()
    pool.pass_by(46, own=False)
    await pool.dispatcher.tick()
    assert await pool.state("a/1") == "Running"


async def test_attempts_are_bounded_and_the_last_beginning_is_to_say_so(pool):
    said = []
    for _ in range(3):
        await pool.set("a/1", Crashed(message="killed"))
        await pool.dispatcher.tick()
        said.append(await pool.why("a/1"))
        await pool.force("a/1", Running())
    assert said == [
        "attempt 2 of 3: killed",
        "attempt 3 of 3: killed",
        "given up after 3 attempts: killed",
    ]
    assert (await pool.run("a/1")).labels[ATTEMPT] == 3

    await pool.set("a/1", Crashed(message="killed"))
    await pool.dispatcher.tick()
    assert (await pool.state("a/1"), await pool.why("a/1")) == (
        "GivenUp",
        "given up after 3 attempts: killed",
    )


async def test_one_death_is_counted_once_whoever_was_interrupted_on_the_way(pool):
    await pool.set("a/1", Crashed(message="killed"))
    run = await pool.run("a/1")
    await pool.client.update_flow_run_labels(
        run.id, {ATTEMPT: 1, "review.death": str(run.state.id)}
    )
    assert await send_back(pool.client, await pool.run("a/1")) == "attempt 2 of 3: killed"


async def test_who_has_moved_since_it_was_looked_at_is_not_called_dead(pool):
    seen = await pool.run("a/1")
    await pool.client.update_flow_run_labels(seen.id, {PULSE: "later"})
    assert not await call_dead(pool.client, seen, "no sign of life")
    await pool.end("a/1")
    assert not await call_dead(pool.client, await pool.run("a/1"), "no sign of life")
    assert await pool.state("a/1") == "Completed"


@flow
async def slow_to_leave() -> None:
    """Lose the run to another process, and then want to wait for GitHub."""
    own = FlowRunContext.get().flow_run.id
    async with watching(), asyncio.timeout(30), get_client() as client:
        while OWNER not in (await client.read_flow_run(own)).labels:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await client.update_flow_run_labels(own, {OWNER: "another"})
        await asyncio.sleep(3)
        await put_off(Wait(10, "GitHub says so"))


@flow
async def told_to_end_when_it_is_over() -> None:
    """Lose the run to another process, which ends it, and then be told to end."""
    own = FlowRunContext.get().flow_run.id
    async with watching(), asyncio.timeout(30), get_client() as client:
        while OWNER not in (await client.read_flow_run(own)).labels:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await client.update_flow_run_labels(own, {OWNER: "another"})
        await client.set_flow_run_state(own, Completed())
        raise asyncio.CancelledError  # as an interrupt does it


async def test_who_lost_its_run_and_is_told_to_end_says_nothing_of_the_run(pool):
    await pool.submit("b/1")
    await pool.set("b/1", Pending())
    with pytest.raises(Abort, match="its run is Completed by now"):
        await run_flow_async(told_to_end_when_it_is_over, flow_run=await pool.run("b/1"))
    assert await pool.state("b/1") == "Completed"


async def test_who_lost_its_run_does_not_put_it_off(pool):
    await pool.submit("b/1")
    await pool.set("b/1", Pending())
    with pytest.raises(Abort, match="another process has taken the run over"):
        await run_flow_async(slow_to_leave, flow_run=await pool.run("b/1"))
    assert await pool.state("b/1") == "Running"
