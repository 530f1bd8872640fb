"""Submit a review to the service: it starts at once, or waits for its turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled

from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import HOLD_SECONDS, QUEUED
from tasks.core.queueing.queues import POOL, SERVICE_PLACES, queue_of
from tasks.errors import CannotReview
from tasks.runs import PRIORITY
from tasks.service.filters import ACTIVE, PREFETCH_SECONDS, count, due_before, held, runs_in

DEPLOYMENT = "pr-review/on-pull-request"


class NoService(CannotReview):
    """The server knows no service: it was not set up yet, or by another version."""


AT_ONCE = "a slot is free: it starts as soon as a worker looks"

NONE: Mapping[str, Any] = MappingProxyType({})


async def submit(
    client: PrefectClient,
    repository: str,
    number: int,
    *,
    priority: TaskPriority | None = None,
    key: str = "",
    parameters: Mapping[str, Any] = NONE,
) -> FlowRun:
    """Have a pull request reviewed, and return the run.

    Without ``priority`` it waits in the queue normal. Of one ``key`` there is one run, however
    often it is submitted. ``parameters`` are further ones of the flow.

    Raises:
        NoService: the server does not know the service.
    """
    deployment = await _deployment(client)
    state = await _first_state(client)
    tags = [f"{repository}#{number}"]
    if priority is not None:
        tags.append(f"{PRIORITY}{priority.label}")
    return await client.create_flow_run_from_deployment(
        deployment.id,
        parameters={**parameters, "repository": repository, "number": number},
        state=state,
        name=f"{repository}#{number}",
        tags=tags,
        idempotency_key=key or None,
        work_queue_name=queue_of(TaskPriority.MEDIUM if priority is None else priority),
    )


def on_hold(why: str, name: str = QUEUED) -> State[Any]:
    """Return the state of a review that waits until it is let go, or until nobody renews it."""
    later = datetime.now(UTC) + timedelta(seconds=HOLD_SECONDS)
    details = StateDetails(scheduled_time=later)
    return State(type=StateType.SCHEDULED, name=name, message=why, state_details=details)


async def _deployment(client: PrefectClient) -> DeploymentResponse:
    try:
        return await client.read_deployment_by_name(DEPLOYMENT)
    except ObjectNotFound:
        raise NoService(
            f"the server at {client.api_url} has no deployment {DEPLOYMENT}, so nobody would "
            "review this; start the service with `review up`"
        ) from None


async def _first_state(client: PrefectClient) -> State[Any]:
    """Return whether there is a slot that nobody waits for; else what is waited for."""
    soon = datetime.now(UTC) + timedelta(seconds=PREFETCH_SECONDS)
    slots, taken, due, waiting = await asyncio.gather(
        _slots(client), *(count(client, one) for one in (runs_in(ACTIVE), due_before(soon), held()))
    )
    if waiting:
        return on_hold(f"waits for its turn: {waiting} wait already")
    if taken + due >= slots:
        return on_hold(f"waits for a slot: all {slots} are taken")
    return Scheduled(message=AT_ONCE)


async def _slots(client: PrefectClient) -> int:
    """Return how many reviews the pool has room for.

    Raises:
        NoService: it is not there.
    """
    try:
        pool = await client.read_work_pool(POOL)
    except ObjectNotFound:
        raise NoService(
            f"the server at {client.api_url} has no work pool {POOL}; "
            "start the service with `review up`"
        ) from None
    limit = pool.concurrency_limit
    return sys.maxsize if limit is None else max(1, limit - SERVICE_PLACES)
