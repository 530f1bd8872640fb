"""Do what a delivery of GitHub's asks of the service: once, however often it is tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.states import Scheduled

from tasks.core.context import SHORT
from tasks.core.inbound.keys import head_key
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    LookAround,
    Obey,
    Reprioritise,
    ReviewAgain,
    ReviewHead,
    Seen,
    Wish,
)
from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import NOT_REVIEWED
from tasks.core.queueing.queues import priority_of, queue_of
from tasks.core.render.words import count
from tasks.service.again import review_again
from tasks.service.live import Live, cancel, head_of, key_after, live_of, move, run_of_key
from tasks.service.obeying import obey
from tasks.service.submit import NoService, submit

SWEEP = "sweep/every-ten-minutes"

CLOSED = "the pull request was closed"


async def fulfil(client: PrefectClient, wish: Wish, *, delivery: str, using: str = "") -> str:
    """Do what is asked, and return what was done, or why nothing.

    It may be done again after it was interrupted, or a second time: what is there is left alone.
    ``delivery`` is GitHub's id of what asked for it, ``using`` the block that reviews talk by.

    Raises:
        httpx.HTTPError: Prefect's server is away; it is to be tried again.
        RateLimited, Unreachable: GitHub is; it is to be tried again, too.
        ReviewError: it cannot be done, and to try again does not help.
    """
    match wish:
        case ReviewHead(seen):
            said = await _review_head(client, seen, using)
        case Reprioritise(seen):
            said = await _reprioritise(client, seen)
        case End(seen):
            said = await _end(client, seen)
        case ReviewAgain():
            done = await review_again(client, wish.subject, delivery=delivery, using=using)
            said = f"{wish.by} asked for it: {done}"
        case Obey():
            said = await obey(client, wish, delivery=delivery, using=using)
        case LookAround():
            said = await _look_around(client, delivery, using)
        case Ignore():
            said = wish.why
        case _:
            assert_never(wish)
    return said


async def _review_head(client: PrefectClient, seen: Seen, using: str) -> str:
    """Have a head reviewed, unless a run waits that will read it, or one is at it."""
    lives = await live_of(client, seen.subject)
    said = await _wanted(client, seen, lives, using)
    # one that nobody runs would go on some day, beside the one that reads the newest head
    left = [one for one in lives if one.idle and one.head not in {"", seen.head}]
    for one in left:
        await cancel(client, one.run, f"superseded by {seen.head[:SHORT]}")
    return f"{said}; ended {_named(left)}, of an older head" if left else said


async def _wanted(client: PrefectClient, seen: Seen, lives: Iterable[Live], using: str) -> str:
    """Submit a head if nobody would review it; return what was done."""
    at_it = next((one for one in lives if one.head == seen.head), None)
    if at_it:
        return f"{at_it} is at {seen.head[:SHORT]} already"
    waiting = next((one for one in lives if one.waits), None)
    if waiting is None:
        return await _submitted(client, seen, using)
    if waiting.can_move and seen.priority > priority_of(waiting.run.work_queue_name or ""):
        return await _moved(client, waiting.run, seen.priority)
    return f"{waiting} waits and has not begun: it will read the newest head"


async def _submitted(client: PrefectClient, seen: Seen, using: str) -> str:
    """Submit a head under its key, or under that of what takes the place of a run without answer.

    Whoever does so at the same time finds the same keys.
    """
    key = head_key(seen.subject.name, seen.head)
    while before := await run_of_key(client, key):
        if not _is_no_answer(before, seen.head):
            state = before.state.name if before.state else "there"
            return f"{seen.head[:SHORT]} was submitted before: run {before.id} is {state}"
        key = key_after(before)
    run = await submit(
        client,
        seen.subject.repository,
        seen.subject.number,
        priority=seen.priority,
        key=key,
        parameters=_by(using),
    )
    return f"submitted {seen.head[:SHORT]} as run {run.id}, {_where(run)}: {seen.why}"


def _is_no_answer(run: FlowRun, head: str) -> bool:
    """Return whether a run that was submitted for a head says nothing of it.

    It was cancelled, had nothing to review then (a draft), or has reviewed a newer one.
    """
    state = run.state
    gone = state is not None and (
        state.is_cancelled() or state.is_cancelling() or state.name == NOT_REVIEWED
    )
    return gone or head_of(run) not in {"", head}


async def _reprioritise(client: PrefectClient, seen: Seen) -> str:
    """Let what waits do so in the queue of the labels there are now."""
    lives = await live_of(client, seen.subject)
    queue = queue_of(seen.priority)
    waiting = [one.run for one in lives if one.can_move]
    said = [
        await _moved(client, run, seen.priority) for run in waiting if run.work_queue_name != queue
    ]
    if said:
        return "; ".join(said)
    if waiting:
        return f"run {waiting[0].id} waits in the queue {queue} already"
    return "nothing of it waits"


async def _moved(client: PrefectClient, run: FlowRun, priority: TaskPriority) -> str:
    new = await move(client, run, priority)
    if new is None:
        return f"run {run.id} has just begun and stays where it is"
    return f"moved run {run.id} to the queue {queue_of(priority)}: run {new.id} waits there for it"


async def _end(client: PrefectClient, seen: Seen) -> str:
    """End what waits for a pull request that is closed, and what is at it."""
    lives = await live_of(client, seen.subject)
    for one in lives:
        await cancel(client, one.run, CLOSED)
    return f"ended {_named(lives)}: {CLOSED}" if lives else "nothing waits for it or is at it"


async def _look_around(client: PrefectClient, delivery: str, using: str) -> str:
    """Have a sweep begin now.

    Raises:
        NoService: the server does not know the service.
    """
    try:
        deployment = await client.read_deployment_by_name(SWEEP)
    except ObjectNotFound:
        raise NoService(
            f"the server at {client.api_url} has no deployment {SWEEP}; "
            "start the service with `review up`"
        ) from None
    run = await client.create_flow_run_from_deployment(
        deployment.id,
        parameters=_by(using),
        state=Scheduled(message="repositories were added"),
        idempotency_key=f"delivery:{delivery}",
    )
    return f"a sweep looks for open pull requests: run {run.id}"


def _by(using: str) -> dict[str, str]:
    return {"using": using} if using else {}


def _where(run: FlowRun) -> str:
    return f"in the queue {run.work_queue_name}"


def _named(lives: Iterable[Live]) -> str:
    ids = [str(one.run.id) for one in lives]
    return f"{count(len(ids), 'run')} ({', '.join(ids)})"
