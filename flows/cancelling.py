"""End a review's work when somebody cancels its run: else it would go on behind the mark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prefect.exceptions import Pause

from tasks.errors import ReviewError
from tasks.runs import ENDED, cancelled, own_state

Result = TypeVar("Result")


class RunCancelled(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Somebody ended this run; its text is what they said of it."""


async def unless_cancelled(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what the work returns, or end it as soon as the run is cancelled on the server.

    Raises:
        RunCancelled: it was cancelled; no process of the work is left.
        Pause: somebody has paused it; what its steps have answered is kept.
    """
    working = asyncio.ensure_future(work())
    watching = asyncio.ensure_future(cancelled())
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            result = working.result()
            state = await own_state()
            if state and state.type in ENDED:  # just now: any other end of it would be refused
                raise RunCancelled(state.message or "cancelled")
            if state and state.is_paused():  # Prefect's own watch may have missed it
                raise Pause(state=state)
            return result
        working.cancel()
        await asyncio.wait({working})
        raise RunCancelled(watching.result())
    finally:
        working.cancel()
        watching.cancel()
