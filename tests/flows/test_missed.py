"""Of the service's scheduled runs that nobody was there to start, only the newest are made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule

from flows.reconcile import reconcile
from flows.sweep import sweep
from tasks.core.queueing.queues import POOL, SERVICE
from tasks.service.filters import IN_POOL
from tasks.service.missed import SKIPPED, skip_missed
from tests.flows.pool import Pool

EVERY = timedelta(minutes=1)


@pytest.fixture
async def client() -> AsyncIterator[PrefectClient]:
    async with get_client() as client:
        await Pool.empty(client)
        yield client
        for one in await client.read_deployments(limit=200):
            if one.name == "each-minute":  # else it goes on making runs
                await client.delete_deployment(one.id)


async def scheduled(client: PrefectClient, flow, since: timedelta, till: timedelta) -> UUID:
    """A deployment whose runs of each minute between two times ago nobody has started."""
    schedule = IntervalSchedule(interval=EVERY)
    deployment = await client.create_deployment(
        await client.create_flow(flow),
        "each-minute",
        work_pool_name=POOL,
        work_queue_name=SERVICE,
        schedules=[DeploymentScheduleCreate(schedule=schedule, active=True)],
    )
    now = datetime.now(UTC)
    span = {"start_time": (now - since).isoformat(), "end_time": (now - till).isoformat()}
    path = {"id": deployment}
    made = await client.request(
        "POST", "/deployments/{id}/schedule", path_params=path, json={**span, "max_runs": 50}
    )
    assert made.is_success
    return deployment


async def runs_of(client: PrefectClient, deployment: UUID) -> list[FlowRun]:
    """Its runs whose time has passed, the oldest first."""
    found = await client.read_flow_runs(work_pool_filter=IN_POOL, limit=200)
    own = [run for run in found if run.deployment_id == deployment]
    passed = [run for run in own if run.expected_start_time < datetime.now(UTC)]
    return sorted(passed, key=lambda run: run.expected_start_time)


async def test_what_is_hardly_late_is_left_to_the_workers(client):
    deployment = await scheduled(client, reconcile, timedelta(minutes=2), timedelta(0))
    before = await runs_of(client, deployment)

    assert before
    assert await skip_missed(client) == 0
    assert all(run.state.is_scheduled() for run in await runs_of(client, deployment))


async def test_of_what_was_missed_only_the_newest_of_each_deployment_stays(client):
    ago = timedelta(minutes=20), timedelta(minutes=10)
    both = [await scheduled(client, flow, *ago) for flow in (reconcile, sweep)]

    skipped = await skip_missed(client)

    left = 0
    for deployment in both:
        *missed, newest = await runs_of(client, deployment)
        assert len(missed) >= 8
        assert {run.state.name for run in missed} == {SKIPPED}
        assert newest.state.is_scheduled()
        left += len(missed)
    assert skipped == left
    assert await skip_missed(client) == 0
