"""Where the dead hold every place of the pool, whoever brings the service up frees them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from prefect import get_client
from prefect.states import Pending

from tasks.core.queueing.marks import PULSE
from tasks.core.queueing.queues import SERVICE, SERVICE_PLACES
from tasks.core.queueing.vigil import Vigil
from tasks.service.jam import Jam, unjam
from tasks.service.submit import DEPLOYMENT
from tests.flows.pool import Pool


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """An empty pool of two slots."""
    async with get_client() as client:
        yield await Pool.empty(client)


async def served(pool: Pool) -> UUID:
    """A run of the service's own that is due."""
    deployment = await pool.client.read_deployment_by_name(DEPLOYMENT)
    run = await pool.client.create_flow_run_from_deployment(deployment.id, work_queue_name=SERVICE)
    return run.id


async def at_service(pool: Pool, many: int) -> list[UUID]:
    """So many of them that have shown a sign of life."""
    runs = [await served(pool) for _ in range(many)]
    for run in runs:
        await pool.set(run, Pending())
        await pool.begin(run, pulse=True)
    return runs


def pass_by(jam: Jam, seconds: float) -> None:
    seen = {run: replace(one, since=one.since - seconds) for run, one in jam.vigil.seen.items()}
    jam.vigil = Vigil(seen, time.monotonic())


async def names(pool: Pool, runs: list[UUID]) -> set[str]:
    return {(await pool.client.read_flow_run(run)).state.name for run in runs}


async def test_where_a_dispatcher_can_begin_nobody_is_watched(pool):
    runs = await at_service(pool, SERVICE_PLACES - 1)
    assert await unjam(pool.client) == ()
    assert await names(pool, runs) == {"Running"}


async def test_where_the_dead_hold_all_places_of_the_service_these_are_freed(pool):
    runs = await at_service(pool, SERVICE_PLACES)
    pool.runs["next"] = await served(pool)
    assert await pool.offered() == []
    jam = Jam(pool.client)
    assert await jam.look()
    pass_by(jam, 46)
    assert await jam.look()
    assert await names(pool, runs) == {"Crashed"}
    assert await pool.offered() == ["next"]
    assert len(jam.freed) == SERVICE_PLACES
    assert not await jam.look()


async def test_where_one_of_them_lives_the_others_are_left_to_it(pool):
    runs = await at_service(pool, SERVICE_PLACES)
    jam = Jam(pool.client)
    assert await jam.look()
    await pool.client.update_flow_run_labels(runs[0], {PULSE: "moved"})
    pass_by(jam, 46)
    assert not await jam.look()
    assert await names(pool, runs) == {"Running"}


async def test_where_dead_reviews_hold_the_whole_pool_these_are_freed_too(pool):
    numbers = [f"a/{number}" for number in range(2 + SERVICE_PLACES)]
    await pool.submit(*numbers)
    for name in numbers:
        await pool.force(name, Pending())
    jam = Jam(pool.client)
    assert await jam.look()
    pass_by(jam, 91)
    assert await jam.look()
    assert await names(pool, [*pool.runs.values()]) == {"Crashed"}
