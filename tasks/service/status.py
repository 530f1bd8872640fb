"""Read from its Prefect server how the service does, in about ten calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilterEndTime
from prefect.client.schemas.objects import FlowRun, StateType, Worker, WorkerStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

from tasks.core.plan import TaskPriority
from tasks.core.queue_metrics import DAY, Ended, Outcome, by_queue
from tasks.core.queueing import marks
from tasks.core.queueing.queues import POOL, QUEUES, priority_of
from tasks.core.service_status import ServiceStatus, Sign
from tasks.errors import CannotReview
from tasks.review_state import counted, submitted
from tasks.service.dispatchers import live_dispatchers
from tasks.service.filters import IN_POOL, runs_in
from tasks.service.places import settings
from tasks.service.view import PAGE, Known, is_review, look

MOST = 2000
"""So many of the reviews that ended last are looked at; where there are more, over less time."""

OUTCOMES = {
    StateType.COMPLETED: Outcome.SUCCEEDED,
    StateType.FAILED: Outcome.FAILED,
    StateType.CRASHED: Outcome.FAILED,
    StateType.CANCELLED: Outcome.CANCELLED,
}


async def service_status() -> ServiceStatus:
    """Return how the service of the server does that this environment talks to.

    Raises:
        CannotReview: the server has none.
    """
    async with get_client() as client:
        now = await _server_time(client)
        try:
            pool = await client.read_work_pool(POOL)
        except ObjectNotFound:
            raise CannotReview(
                f"the server {client.api_url} has no work pool {POOL}; `review up` makes it"
            ) from None
        view = await look(client, Known())
        window, ended = await _ended(client, now, pool.created or now)
        return ServiceStatus(
            slots=(await settings(client)).slots,
            queues=by_queue(
                view.waiting,
                view.running,
                [_ending(run) for run in ended],
                _gave_way({run.id: run for run in (*view.runs.values(), *ended)}.values()),
                now=now.timestamp(),
                window=window,
            ),
            window=window,
            workers=await _workers(client, now),
            dispatchers=await _dispatchers(client, now),
            stopped=await _paused(client, every=pool.is_paused),
        )


async def _server_time(client: PrefectClient) -> datetime:
    """Return the server's own time, which its signs of life are in; else ours."""
    told = (await client.hello()).headers.get("date", "")
    try:
        return parsedate_to_datetime(told)
    except ValueError:
        return datetime.now(UTC)


async def _ended(
    client: PrefectClient, now: datetime, since: datetime
) -> tuple[float, list[FlowRun]]:
    """Return what has ended of late, and of how many seconds that is everything."""
    begin = max(since, now - timedelta(seconds=DAY))
    runs = [run async for run in _newest(client, begin)]
    if len(runs) >= MOST and runs[-1].end_time:
        begin = runs[-1].end_time
    return max(0.0, (now - begin).total_seconds()), runs


async def _newest(client: PrefectClient, begin: datetime) -> AsyncIterator[FlowRun]:
    """Yield what has ended since then, the newest first."""
    wanted = runs_in(list(OUTCOMES))
    wanted.end_time = FlowRunFilterEndTime(after_=begin)
    for offset in range(0, MOST, PAGE):
        page = await client.read_flow_runs(
            flow_run_filter=wanted,
            work_pool_filter=IN_POOL,
            sort=FlowRunSort.END_TIME_DESC,
            limit=PAGE,
            offset=offset,
        )
        for run in page:
            yield run
        if len(page) < PAGE:
            return


def _gave_way(runs: Iterable[FlowRun]) -> Counter[TaskPriority]:
    """Return how often reviews have given way, by their priority."""
    found: Counter[TaskPriority] = Counter()
    for run in runs:
        if is_review(run):
            found[priority_of(run.work_queue_name or "")] += counted(run, marks.PREEMPTIONS)
    return found


def _ending(run: FlowRun) -> Ended:
    due = submitted(run)
    return Ended(
        priority=priority_of(run.work_queue_name or ""),
        outcome=OUTCOMES[run.state.type] if run.state else Outcome.FAILED,
        waited=run.start_time.timestamp() - due.timestamp() if run.start_time and due else None,
        worked=run.total_run_time.total_seconds(),
        attempts=counted(run, marks.ATTEMPT),
    )


async def _workers(client: PrefectClient, now: datetime) -> tuple[Sign, ...]:
    """Return the workers, the one that gave a sign last first."""
    found = [_sign(one, now) for one in await client.read_workers_for_work_pool(POOL)]
    return tuple(sorted(found, key=lambda one: (not one.alive, one.ago is None, one.ago or 0.0)))


def _sign(worker: Worker, now: datetime) -> Sign:
    at = worker.last_heartbeat_time
    ago = max(0.0, (now - at).total_seconds()) if at else None
    return Sign(worker.name, alive=worker.status is WorkerStatus.ONLINE, ago=ago)


async def _dispatchers(client: PrefectClient, now: datetime) -> tuple[Sign, ...]:
    """Return those at work that decide whose turn it is, the oldest first: it leads."""
    signs = [
        (run.name, max(0.0, (now - (run.updated or now)).total_seconds()))
        for run in await live_dispatchers(client)
    ]
    return tuple(Sign(name, alive=ago < marks.SILENCE_SECONDS, ago=ago) for name, ago in signs)


async def _paused(client: PrefectClient, *, every: bool) -> tuple[str, ...]:
    """Return the queues that somebody has paused, by themselves or with their pool."""
    paused = {one.name for one in await client.read_work_queues(POOL) if one.is_paused}
    return tuple(name for name in QUEUES.values() if every or name in paused)
