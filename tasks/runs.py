"""One review among others on the server: what it is known by, who else is at work, how it waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, Pause
from prefect.logging import get_run_logger
from prefect.states import AwaitingRetry, Cancelling, Running
from prefect.utilities.urls import url_for

from tasks.core.context import PRContext
from tasks.core.forge.limits import Wait
from tasks.core.forge.superseding import LiveRun
from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import ATTEMPT, GIVEN_UP, MOST_ATTEMPTS, ROUND
from tasks.pulse import NotOurs, Pulse, beating, must_be_ours

WAITING = "WaitingForGitHub"
"""The name of the state in which a run waits for a rate limit."""

HEAD, PRIORITY = "head:", "priority:"
"""What begins the tags of a run that name the commit it reviews, and how urgent that is."""

AWAY_SECONDS, AWAY_TRIES = 2.0, 90
"""How often, and after which pause, a run tries to be put off where the server does not answer."""

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


def given_priority() -> str:
    """Return how urgent whoever submitted this run has said that it is, or nothing."""
    own = _own()
    given = (tag for tag in (own.tags if own else ()) if tag.startswith(PRIORITY))
    return next(given, "").removeprefix(PRIORITY)


def kept_scope() -> str:
    """Return what finished steps of this run are kept under, or nothing where none are.

    A worker's run may be begun again by another process. That a person has it tried again
    changes the scope: then what only this run knows is asked anew.
    """
    own = _own()
    return f"{own.id} {own.labels.get(ROUND, 0)}" if own and own.deployment_id else ""


async def why_given_up() -> str:
    """Return why this run is not to be begun again, or nothing: its process died too often."""
    own = _own()
    died = int(str(own.labels.get(ATTEMPT, 0))) if own and own.deployment_id else 0
    if own is None or died < MOST_ATTEMPTS:
        return ""
    async with get_client() as client:
        states = await client.read_flow_run_states(own.id)
        ends = [one for one in states if one.type is StateType.CRASHED or one.name == GIVEN_UP]
        end = max(ends, key=lambda state: state.timestamp) if ends else None
        if end and end.name == GIVEN_UP:  # a person has it tried again, in Prefect's UI
            await client.update_flow_run_labels(own.id, {ATTEMPT: 0})
            return ""
    last = end.message if end else ""
    return f"its process died {died} times, the last time: {last or 'nobody knows why'}"


async def introduce(context: PRContext, priority: TaskPriority) -> tuple[LiveRun, ...]:
    """Let the server know what this run reviews; return who else is at the same pull request.

    How urgent it is stays as it was submitted: it waits in that queue. A run that has not begun
    has no head yet: it will read the newest one itself.
    """
    own = _own()
    if own is None:
        return ()
    tag = tag_of(context)
    async with get_client() as client:
        kept = {known for known in own.tags if not known.startswith(HEAD)}
        given = set() if given_priority() else {f"{PRIORITY}{priority.label}"}
        tags = kept | {tag, f"{HEAD}{context.head_sha}"} | given
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


@contextlib.contextmanager
def pulse_of_run(heard: Callable[[], None]) -> Iterator[Pulse | None]:
    """Say that this process runs the review we are in, and show that it lives, while inside.

    ``heard`` is called in another thread when the run is ours no more. Outside of a run, there
    is nothing to show.
    """
    own = _own()
    if own is None:
        yield None
        return
    with beating(own.id, heard, deployed=is_deployed()) as pulse:
        yield pulse


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

    Raises:
        Pause: this is how a process leaves.
        Abort: the run is another process's by now, or paused; it stays as it is.
        httpx.HTTPError: the server is away, and stays away.
    """
    own = _own()
    later = datetime.now(UTC) + timedelta(seconds=wait.seconds)
    state: State[Any] = AwaitingRetry(scheduled_time=later, message=wait.why)
    if own is not None:
        for left in reversed(range(AWAY_TRIES)):
            try:
                # also of a server that was away meanwhile
                await asyncio.to_thread(must_be_ours, for_sure=True)
                async with get_client() as client:
                    state = (await client.set_flow_run_state(own.id, state)).state or state
                break
            except NotOurs as lost:
                raise Abort(str(lost)) from lost
            except httpx.HTTPError as error:  # the server is away, and may be back in a moment
                if not left or not is_passing(error):
                    raise
                await asyncio.sleep(AWAY_SECONDS)
    raise Pause(state=state)


def is_passing(error: httpx.HTTPError) -> bool:
    """Return whether the server is away, or cannot write: its disk is full, its database gone."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_server_error
    return isinstance(error, httpx.TransportError)


async def _show(state: State[Any]) -> None:
    own = _own()
    if own is None:
        return
    try:
        await asyncio.to_thread(must_be_ours, for_sure=True)  # else this takes it from somebody
        async with get_client() as client:
            await client.set_flow_run_state(own.id, state)
    except (httpx.HTTPError, NotOurs) as error:  # it is only for show
        get_run_logger().debug("The state cannot be shown: %s", error)


def page_of_run() -> str:
    """Return the address of this run's page, or nothing where only this machine can open it."""
    own = _own()
    return page_of(own) if own else ""


def page_of(run: FlowRun) -> str:
    """Return the address of a run's page, or nothing where only this machine can open it."""
    page = url_for(run)
    host = urlsplit(page or "").hostname or ""
    return page if page and host not in {"localhost", "127.0.0.1", "::1"} else ""
