"""How a run ends that has no verdict: what is shown of it on GitHub, and in which state."""

from __future__ import annotations

import httpx
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Cancelled, Completed, Failed

from flows.audience import AUDIENCE
from flows.endings import NOT_REVIEWED, SUPERSEDED
from flows.pull import PolicyFor, Pull
from flows.watching import RunCancelled
from tasks.core.context import SHORT
from tasks.core.forge.limits import Wait
from tasks.core.queueing.marks import GIVEN_UP
from tasks.disk import full_disk
from tasks.errors import ReviewError
from tasks.forge.errors import RateLimited
from tasks.forge.said import Superseded
from tasks.runs import is_deployed, is_passing, put_off


def not_reviewed(why: str) -> State[None]:
    """Return the state of a run that had nothing to review, and tell whoever follows."""
    AUDIENCE.get().without_verdict(f"Not reviewed: {why}")
    return Completed(name=NOT_REVIEWED, message=why)


SERVER_AWAY = Wait(10, "Prefect's server did not answer; it goes on when it does")
"""Why a worker's run begins again: no review fails for that, and none says so on GitHub."""


DISK_SECONDS = 60.0
"""How long to wait until somebody has made room, or another review has ended."""


async def wait_for_room() -> None:
    """Have a worker's review begin again later where a disk is full; else there is nothing to do.

    Raises:
        Pause: it does.
    """
    if is_deployed() and (full := full_disk()):
        await put_off(Wait(DISK_SECONDS, f"{full}; it goes on when there is room"))


async def give_up(pull: Pull, policy_for: PolicyFor, why: str) -> State[None]:
    """Say on GitHub that a review was given up, if that can be said; return its run's state."""
    try:
        if not await pull.open(policy_for):
            await pull.fail(f"it was given up: {why}")
    except ReviewError as error:
        get_run_logger().warning("It could not be said on GitHub: %s", error)
    AUDIENCE.get().without_verdict(f"Given up: {why}")
    return Failed(name=GIVEN_UP, message=f"Given up: {why}")


async def unfinished(pull: Pull, error: Exception) -> State[None]:
    """Show on GitHub why a review ended before its time; return the state of its run.

    Raises:
        Exception: the same, if it is a failure.
    """
    if isinstance(error, Superseded):
        await pull.supersede(error.head, error.by)
        return _superseded(error)
    if isinstance(error, RateLimited) and is_deployed() and not error.wait.too_long:
        await put_off(error.wait)
    if isinstance(error, httpx.HTTPError) and is_passing(error) and is_deployed():
        await put_off(SERVER_AWAY)
    if not isinstance(error, RunCancelled):
        await wait_for_room()  # our own copies are gone by now: what they filled is free again
    newer = await pull.fail(_why(error))
    if newer and isinstance(error, ReviewError):
        return _superseded(newer)  # whatever went wrong with a head that is gone
    if isinstance(error, RunCancelled):
        return Cancelled(message=str(error))
    raise error


def _superseded(newer: Superseded) -> State[None]:
    AUDIENCE.get().without_verdict(f"Superseded by {newer.by[:SHORT]}: {newer}")
    return Cancelled(name=SUPERSEDED, message=str(newer))


def _why(error: Exception) -> str:
    if isinstance(error, RunCancelled):
        return f"its run was cancelled: {error}"
    if isinstance(error, ReviewError):
        return str(error)
    return f"a mistake of ours ({type(error).__name__})"
