"""A critical review takes the slot of one in the middle of a long test: worker and all."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelling

from deployments.warm import COMMAND
from flows.pr_review import review_pull_request
from flows.reconcile import reconcile
from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import PREEMPTED, PREEMPTIONS
from tasks.core.queueing.queues import POOL, SERVICE
from tasks.service.submit import submit
from tests.flows.pool import Pool
from tests.flows.shop import OURS, QUICK, alive, end

LOW, NORMAL, _, CRITICAL = TaskPriority


@pytest.fixture
def worker(shop):
    """Prefect's own process worker, in the name of the Actions of the repository."""
    started = []

    def start() -> subprocess.Popen:
        token = shop.github.actions_token(shop.name)
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL],
            cwd=shop.folder,
            env={**os.environ, "GITHUB_TOKEN": token, "PREFECT_WORKER_QUERY_SECONDS": "0.5"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    end(*started)


async def deployed(client: PrefectClient) -> FlowRun:
    """Deploy both flows; return a run of the dispatcher."""
    how = {"work_pool_name": POOL, "job_variables": {"command": COMMAND}, "pull_steps": []}
    await client.create_deployment(
        await client.create_flow(review_pull_request),
        "on-pull-request",
        entrypoint="flows.pr_review.review_pull_request",
        work_queue_name="normal",
        **how,
    )
    every_minute = await client.create_deployment(
        await client.create_flow(reconcile),
        "every-minute",
        entrypoint="flows.reconcile.reconcile",
        work_queue_name=SERVICE,
        **how,
    )
    return await client.create_flow_run_from_deployment(every_minute)


async def until(client: PrefectClient, run: FlowRun, *types: StateType) -> FlowRun:
    """Wait until a run is in one of these states."""
    async with asyncio.timeout(120):
        while True:
            now = await client.read_flow_run(run.id)
            if now.state and now.state.type in types:
                return now
            await asyncio.sleep(0.2)


async def test_a_critical_review_overtakes_one_that_goes_on_afterwards(shop, slow, worker):
    quick = {"only": QUICK, "policy": OURS}
    slowly = {"only": ["code_quality", "test_coverage"], "policy": OURS}
    async with get_client() as client:
        await Pool.empty(client, slots=1)
        dispatcher = await deployed(client)
        worker()
        await until(client, dispatcher, StateType.RUNNING)
        low = await submit(client, shop.name, 1, priority=LOW, parameters=slowly)
        async with asyncio.timeout(120):
            while not slow.exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.1)
        tests = int(slow.read_text())
        normal = await submit(client, shop.name, 1, priority=NORMAL, parameters=quick)
        assert normal.state.name == "Queued"
        critical = await submit(client, shop.name, 1, priority=CRITICAL, parameters=quick)
        assert critical.state.name == "Queued"

        paused = await until(client, low, StateType.PAUSED)
        assert paused.state.name == PREEMPTED
        assert f"suspended for {shop.name}#1, which is critical" in paused.state.message
        await until(client, critical, StateType.COMPLETED)
        assert (await client.read_flow_run(low.id)).labels[PREEMPTIONS] == 1
        assert not alive(tests)
        await until(client, normal, StateType.COMPLETED)

        (shop.folder / "go").touch()
        await until(client, low, StateType.COMPLETED)
        await client.set_flow_run_state(dispatcher.id, Cancelling())
        await until(client, dispatcher, StateType.CANCELLED)

        began = [await starts(client, run) for run in (critical, normal, low)]
        assert began[0][0] < began[1][0] < began[2][-1]
        assert [len(each) for each in began] == [1, 1, 2]
        ended = await steps(client, low)
        assert sorted(ended["code_quality"]) == ["Cached", "Completed"]  # it had finished
        assert ended["test_coverage"].count("Completed") == 1
    assert shop.said_once(shop.pull.head_sha)


async def starts(client: PrefectClient, run: FlowRun) -> list[float]:
    """When a run has begun to run, each time."""
    states = await client.read_flow_run_states(run.id)
    return [
        one.timestamp.timestamp()
        for before, one in zip([None, *states], states, strict=False)
        if one.type is StateType.RUNNING and before and before.type is StateType.PENDING
    ]


async def steps(client: PrefectClient, run: FlowRun) -> dict[str, list[str]]:
    """How each step has ended, each time; those of an attempt that was cut short go on for ever."""
    own = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    async with asyncio.timeout(60):
        while True:  # the server hears of steps by events, a moment later
            found: dict[str, list[str]] = {}
            for one in await client.read_task_runs(flow_run_filter=own):
                found.setdefault(one.name, []).append(one.state.name if one.state else "")
            if "final_review" in found and "Completed" in found["test_coverage"]:
                return found
            await asyncio.sleep(0.2)
