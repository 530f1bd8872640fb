"""Look whether the service works: its server, database, queues, dispatcher, workers, slots."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType, WorkPool
from prefect.exceptions import ObjectNotFound

from tasks.core.doctor import Check, broken, good, poor, unseen
from tasks.core.queueing.queues import POOL, RANKS, SERVICE_PLACES
from tasks.core.render.words import count
from tasks.service.filters import ACTIVE, runs_in
from tasks.service.filters import count as count_runs

UP = "start the service: `review up`"

DEPLOYMENTS = (
    "pr-review/on-pull-request",
    "reconcile/every-minute",
    "sweep/every-ten-minutes",
    "nightly-audit/nightly",
    "retention/daily",
)

LARGE = 10_000_000_000
"""Bytes of a SQLite file after which PostgreSQL is the better place."""

SLOW = 2.0
"""Seconds of one small write."""

DAYS_OF_GRACE = 1
"""A worker that was silent for longer is one that somebody has taken away."""


async def service(client: PrefectClient, database: Path | None) -> AsyncIterator[Check]:
    """Yield what was seen; ``database`` is the server's file, where it is on this machine."""
    yield await _server(client)
    pool = await _pool(client)
    yield await _database(client, pool, database)
    yield await _objects(client, pool)
    yield await _dispatcher(client)
    if pool is None:
        yield unseen("workers", f"there is no work pool {POOL}")
        yield unseen("slots", f"there is no work pool {POOL}")
        return
    yield await _workers(client)
    yield await _slots(client, pool)


async def _server(client: PrefectClient) -> Check:
    theirs, ours = await client.api_version(), version("prefect")
    seen = f"{client.api_url} answers, Prefect {theirs}"
    if theirs == ours:
        return good("server", seen)
    return poor("server", f"{seen}, and here is {ours}", "let both have the same version")


async def _pool(client: PrefectClient) -> WorkPool | None:
    try:
        return await client.read_work_pool(POOL)
    except ObjectNotFound:
        return None


async def _database(client: PrefectClient, pool: WorkPool | None, file: Path | None) -> Check:
    """Return whether the database takes a write: the pool's own description, as it is."""
    size = await asyncio.to_thread(_size, file)
    what = f"SQLite, {size / 1e6:,.0f} MB" if size else "the server's own"
    if pool is None:
        return unseen("database", f"{what}; there is nothing yet to write to")
    began = time.monotonic()
    await client.update_work_pool(POOL, WorkPoolUpdate(description=pool.description))
    took = time.monotonic() - began
    seen = f"{what}, takes a write in {took:.2f} s"
    if took > SLOW:
        return poor("database", seen, "it is busy, or its disk is slow; see docs/scaling.md")
    if size > LARGE:
        todo = "let `retention` remove more, or move to PostgreSQL: docs/many-machines.md"
        return poor("database", seen, todo)
    return good("database", seen)


def _size(file: Path | None) -> int:
    return file.stat().st_size if file and file.exists() else 0


async def _objects(client: PrefectClient, pool: WorkPool | None) -> Check:
    if pool is None:
        return broken("queues", f"there is no work pool {POOL}", UP)
    queues = {queue.name: queue for queue in await client.read_work_queues(work_pool_name=POOL)}
    if missing := [name for name in RANKS if name not in queues]:
        return broken("queues", f"not there: {', '.join(missing)}", UP)
    if missing := [name for name in DEPLOYMENTS if not await _deployed(client, name)]:
        return broken("queues", f"not deployed: {', '.join(missing)}", UP)
    stopped = [name for name in RANKS if queues[name].is_paused]
    if pool.is_paused or stopped:
        seen = f"paused: {POOL if pool.is_paused else ', '.join(stopped)}"
        return broken("queues", seen, "somebody has paused it; resume it in Prefect's UI")
    return good("queues", f"{', '.join(RANKS)}; {len(DEPLOYMENTS)} deployments")


async def _deployed(client: PrefectClient, name: str) -> bool:
    try:
        await client.read_deployment_by_name(name)
    except ObjectNotFound:
        return False
    return True


async def _dispatcher(client: PrefectClient) -> Check:
    found = await _reconciling(client, StateType.RUNNING)
    if found:
        return good("dispatcher", f"{count(found, 'run')} of reconcile at work")
    seen = "no run of reconcile is at work: nobody orders the queue, or brings back what died"
    if await _reconciling(client, StateType.SCHEDULED, StateType.PENDING):
        return broken("dispatcher", seen, f"{UP}; with workers, one comes within a minute")
    todo = (
        f"{UP}; if it runs, the schedule of reconcile is paused, or the server cannot schedule: "
        "see its log"
    )
    return broken("dispatcher", f"{seen}; none is scheduled either", todo)


async def _reconciling(client: PrefectClient, *types: StateType) -> int:
    found = await client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=["reconcile"])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
        ),
        limit=10,
    )
    return len(found)


async def _workers(client: PrefectClient) -> Check:
    now, alive, silent = datetime.now(UTC), [], []
    for worker in await client.read_workers_for_work_pool(POOL):
        last = worker.last_heartbeat_time
        ago = (now - last).total_seconds() if last else 0.0
        if worker.status.value == "ONLINE":
            alive.append(f"{worker.name} {ago:.0f} s ago")
        elif last is not None and ago < DAYS_OF_GRACE * 86_400:
            silent.append(f"{worker.name} {ago / 60:.0f} min ago")
    if not alive:
        seen = "none is alive" + (f"; last heard: {', '.join(silent)}" if silent else "")
        return broken("workers", seen, f"{UP}, or by hand `prefect worker start --pool {POOL}`")
    seen = f"{len(alive)} alive: {', '.join(alive)}"
    if silent:
        todo = f"start them again, or forget them: they are not needed ({', '.join(silent)})"
        return poor("workers", f"{seen}; {len(silent)} silent", todo)
    return good("workers", seen)


async def _slots(client: PrefectClient, pool: WorkPool) -> Check:
    taken = await count_runs(client, runs_in(ACTIVE))
    limits = await client.read_global_concurrency_limits(limit=200, offset=0)
    held = [f"{limit.name} {limit.active_slots}" for limit in limits if limit.active_slots]
    slots = pool.concurrency_limit
    seen = f"{taken} taken of {'any number' if slots is None else max(slots - SERVICE_PLACES, 1)}"
    if held and not taken and not await _anybody(client):
        todo = (
            "they come back when their leases end, within five minutes; if not, set the limit's "
            "active slots to 0 in Prefect's UI"
        )
        return poor("slots", f"{seen}, but nobody works and holds {', '.join(held)}", todo)
    return good("slots", seen)


async def _anybody(client: PrefectClient) -> bool:
    working: Iterable[StateType] = (StateType.RUNNING, StateType.CANCELLING)
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(working)))
    return bool(await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=state), limit=1))
