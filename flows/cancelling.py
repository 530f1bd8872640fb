"""End a review's work when somebody cancels its run: else it would go on behind the mark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
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
    async with get_client() as client:  # one for all looks: each new one costs a TLS context
        working = asyncio.ensure_future(work())
        watching = asyncio.ensure_future(cancelled(client))
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                working.cancel()
                await asyncio.wait({working})
                raise RunCancelled(watching.result())
            result = working.result()
            _end_as_told(await own_state(client))
            return result
        finally:
            working.cancel()
            watching.cancel()
            await asyncio.wait({watching})


def _end_as_told(state: State[Any] | None) -> None:
    """End as the state says that the run got just now: any other end would be refused.

    Raises:
        RunCancelled: it was cancelled.
        Pause: it was paused, and Prefect's own watch may have missed that.
    """
    if state and state.type in ENDED:
        raise RunCancelled(state.message or "cancelled")
    if state and state.is_paused():
        raise Pause(state=state)
