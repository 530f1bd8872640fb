"""Leave out the service's own runs whose time has passed while nobody was there to start them.

Prefect makes the runs of a schedule whether there are workers or not. After a weekend without any,
thousands would start one after another, each to find that there is nothing left to do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilterNextScheduledStartTime
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled

from tasks.core.queueing.queues import SERVICE
from tasks.service.filters import IN_POOL, runs_in

MISSED_SECONDS = 150.0
"""A run of a schedule that is so late was missed: of the most frequent one, two were made since."""

MOST = 200
"""So many are left out at once; the others a moment later."""

SKIPPED = "Skipped"


async def skip_missed(client: PrefectClient) -> int:
    """Cancel scheduled runs of the queue ``service`` that were missed; return how many.

    The newest of each deployment stays: its work is still to be done.
    """
    wanted = runs_in((StateType.SCHEDULED,), (SERVICE,))
    wanted.next_scheduled_start_time = FlowRunFilterNextScheduledStartTime(
        before_=datetime.now(UTC) - timedelta(seconds=MISSED_SECONDS)
    )
    late = await client.read_flow_runs(
        flow_run_filter=wanted,
        work_pool_filter=IN_POOL,
        sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
        limit=MOST,
    )
    missed = _but_the_newest([run for run in late if run.auto_scheduled])
    message = "missed: no worker was there at its time, and a later run does its work"
    skipped = 0
    for run in missed:
        state: State[Any] = Cancelled(name=SKIPPED, message=message)
        answer = await client.set_flow_run_state(run.id, state)
        skipped += answer.status is SetStateStatus.ACCEPT
    return skipped


def _but_the_newest(late: list[FlowRun]) -> list[FlowRun]:
    """Return all but the last of each deployment, of runs in the order of their times."""
    newest = {run.deployment_id: run.id for run in late}
    return [run for run in late if newest[run.deployment_id] != run.id]
