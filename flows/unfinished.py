"""How a run ends that has no verdict: what is shown of it on GitHub, and in which state."""

from __future__ import annotations

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from flows.audience import AUDIENCE
from flows.cancelling import RunCancelled
from flows.endings import NOT_REVIEWED, SUPERSEDED
from flows.pull import Pull
from tasks.core.context import SHORT
from tasks.errors import ReviewError
from tasks.forge.errors import RateLimited
from tasks.forge.said import Superseded
from tasks.runs import is_deployed, put_off


def not_reviewed(why: str) -> State[None]:
    """Return the state of a run that had nothing to review, and tell whoever follows."""
    AUDIENCE.get().without_verdict(f"Not reviewed: {why}")
    return Completed(name=NOT_REVIEWED, message=why)


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
