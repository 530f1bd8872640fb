"""How the server is asked for the runs of the service's queues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterWorkQueueName,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType

from tasks.core.queueing.marks import PREEMPTED, QUEUED
from tasks.core.queueing.queues import POOL, QUEUES

ACTIVE = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)
"""The states in which a review has a slot."""

OPEN = (StateType.SCHEDULED, StateType.PAUSED)
"""The states in which it may wait for one."""

HELD = (QUEUED, PREEMPTED)
"""The names of the states in which it waits until the dispatcher lets it go."""

REVIEWS = tuple(QUEUES.values())

PREFETCH_SECONDS = 10.0
"""Workers take what is due within this time (PREFECT_WORKER_PREFETCH_SECONDS)."""

IN_POOL = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))


def runs_in(types: Sequence[StateType], queues: Sequence[str] = REVIEWS) -> FlowRunFilter:
    """Return the filter for runs in these queues and states."""
    return FlowRunFilter(
        work_queue_name=FlowRunFilterWorkQueueName(any_=list(queues)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))),
    )


def held() -> FlowRunFilter:
    """Return the filter for reviews that wait until they are let go."""
    return FlowRunFilter(
        work_queue_name=FlowRunFilterWorkQueueName(any_=list(REVIEWS)),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=list(OPEN)),
            name=FlowRunFilterStateName(any_=list(HELD)),
        ),
    )


def due_before(moment: datetime) -> FlowRunFilter:
    """Return the filter for reviews that workers may take at this time."""
    found = runs_in((StateType.SCHEDULED,))
    found.next_scheduled_start_time = FlowRunFilterNextScheduledStartTime(before_=moment)
    return found


async def count(client: PrefectClient, wanted: FlowRunFilter) -> int:
    """Return how many runs of the pool there are of these."""
    return await client.count_flow_runs(flow_run_filter=wanted, work_pool_filter=IN_POOL)
