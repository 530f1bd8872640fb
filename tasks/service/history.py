"""How long reviews take, and who had a slot of late: read every few minutes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilterEndTime
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.runs import Started
from tasks.review_state import repository_of, submitted
from tasks.service.filters import IN_POOL, runs_in
from tasks.service.view import PAGE, Known

DAYS = 7
"""Reviews that are older say little of the next."""

LATELY_SECONDS = 3600.0
"""Who got a slot in this time counts for whose turn it is."""


async def remember(client: PrefectClient, policy: QueuePolicy) -> Known:
    """Read the newest reviews that have ended well."""
    wanted = runs_in((StateType.COMPLETED,))
    wanted.end_time = FlowRunFilterEndTime(after_=datetime.now(UTC) - timedelta(days=DAYS))
    ended = await client.read_flow_runs(
        flow_run_filter=wanted,
        work_pool_filter=IN_POOL,
        sort=FlowRunSort.END_TIME_DESC,
        limit=PAGE,
    )
    since = time.time() - max(LATELY_SECONDS, policy.overdue_every_seconds)
    return known_of(ended, since)


def known_of(ended: Iterable[FlowRun], since: float) -> Known:
    """Return each repository's typical seconds, and who has started after a time."""
    seconds: dict[str, list[float]] = {}
    served = []
    for run in ended:
        repository = repository_of(run)
        seconds.setdefault(repository, []).append(run.total_run_time.total_seconds())
        came = submitted(run)
        if run.start_time and came and run.start_time.timestamp() > since:
            served.append(
                Started(
                    repository=repository,
                    since=came.timestamp(),
                    started=run.start_time.timestamp(),
                )
            )
    every = [one for some in seconds.values() for one in some]
    return Known(
        expected={repository: statistics.median(some) for repository, some in seconds.items()},
        typical=statistics.median(every) if every else None,
        served=tuple(served),
    )
