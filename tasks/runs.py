"""One review among others on the server: what it is known by, who else is at work, how it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.logging import get_run_logger
from prefect.states import AwaitingRetry, Cancelling, Running
from prefect.utilities.urls import url_for

from tasks.core.context import PRContext
from tasks.core.forge.limits import Wait
from tasks.core.forge.superseding import LiveRun
from tasks.core.plan import TaskPriority

WAITING = "WaitingForGitHub"
"""The name of the state in which a run waits for a rate limit."""

HEAD, PRIORITY = "head:", "priority:"
"""What begins the tags of a run that name the commit it reviews, and how urgent that is."""

ENDED = frozenset({StateType.CANCELLING, StateType.CANCELLED})

LIVE = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED]


def run_id() -> str:
    """Return the id of the flow run we are in; empty outside of one."""
    run = _own()
    return str(run.id) if run else ""


def is_deployed() -> bool:
    """Return whether a worker runs this review, and would again, when it is time."""
    run = _own()
    return bool(run and run.deployment_id)


def _own() -> FlowRun | None:
    context = FlowRunContext.get()
    return context.flow_run if context else None


def tag_of(context: PRContext) -> str:
    """Return the tag that all runs of one pull request have."""
    return f"{context.repository}#{context.pr_number}"


async def introduce(context: PRContext, priority: TaskPriority) -> tuple[LiveRun, ...]:
    """Let the server know what this run reviews; return who else is at the same pull request.

    A run that has not begun has no head yet: it will read the newest one itself.
    """
    own = _own()
    if own is None:
        return ()
    tag = tag_of(context)
    async with get_client() as client:
        kept = {known for known in own.tags if not known.startswith((HEAD, PRIORITY))}
        tags = kept | {tag, f"{HEAD}{context.head_sha}", f"{PRIORITY}{priority.label}"}
        await client.update_flow_run(own.id, name=str(context), tags=sorted(tags))
        found = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                tags=FlowRunFilterTags(all_=[tag]),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=LIVE)),
            ),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=200,
        )
    return tuple(
        LiveRun(str(run.id), head) for run in found for head in _heads(run.tags) if run.id != own.id
    )


def _heads(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(tag.removeprefix(HEAD) for tag in tags if tag.startswith(HEAD))


async def cancel(run: str, why: str) -> None:
    """Ask the server to end a run; whoever runs it ends its processes and says so."""
    async with get_client() as client:
        await client.set_flow_run_state(UUID(run), Cancelling(message=why))


async def cancelled(client: PrefectClient, every: float = 2.0) -> str:
    """Wait until somebody cancels this run; return what they said of it."""
    while True:
        await asyncio.sleep(every)
        state = await own_state(client)
        if state and state.type in ENDED:
            return state.message or "cancelled"


async def own_state(client: PrefectClient) -> State[Any] | None:
    """Return the state this run is in on the server, or None where that cannot be seen."""
    own = _own()
    if own is None:
        return None
    try:
        return (await client.read_flow_run(own.id)).state
    except httpx.HTTPError as error:  # the server is away: no reason to end the work
        get_run_logger().debug("Cannot see the state of the run: %s", error)
        return None


async def tell_waiting(wait: Wait) -> None:
    """Show in the run's state for how long it waits, and for what."""
    get_run_logger().warning("%s", wait.why)
    await _show(Running(name=WAITING, message=wait.why))


async def tell_working() -> None:
    """Show that the wait is over."""
    await _show(Running())


async def put_off(wait: Wait) -> NoReturn:
    """End the process of this run, which a worker starts again when the wait is over.

    To return such a state from a flow is to crash: Prefect would ask it for its result.
    """
    own = _own()
    later = datetime.now(UTC) + timedelta(seconds=wait.seconds)
    state: State[Any] = AwaitingRetry(scheduled_time=later, message=wait.why)
    if own is not None:
        async with get_client() as client:
            state = (await client.set_flow_run_state(own.id, state)).state or state
    raise Pause(state=state)


async def _show(state: State[Any]) -> None:
    own = _own()
    if own is None:
        return
    try:
        async with get_client() as client:
            await client.set_flow_run_state(own.id, state)
    except httpx.HTTPError as error:  # it is only for show
        get_run_logger().debug("The state cannot be shown: %s", error)


def page_of_run() -> str:
    """Return the address of this run's page, or nothing where only this machine can open it."""
    own = _own()
    page = url_for(own) if own else None
    host = urlsplit(page or "").hostname or ""
    return page if page and host not in {"localhost", "127.0.0.1", "::1"} else ""
