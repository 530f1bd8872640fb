"""Let a review end as soon as its run is not to go on: cancelled, paused, or taken over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from prefect.exceptions import Abort, Pause, TerminationSignal
from prefect.logging import get_run_logger

from tasks.errors import ReviewError
from tasks.fate import OURS, Fate, Word
from tasks.pulse import Pulse
from tasks.runs import pulse_of_run

Result = TypeVar("Result")


class RunCancelled(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Somebody ended this run; its text is what they said of it."""


@dataclass(slots=True)
class Watch:
    """Watches over the work of a run, from its beginning to its end."""

    pulse: Pulse | None
    ended: asyncio.Event

    async def over(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Return what the work returns, or end it as soon as the run is not to go on.

        No process of the work is left then.

        Raises:
            RunCancelled: it was cancelled.
            Pause: it was paused, by a person or for a more urgent one; Prefect's way to leave.
            Abort: another process has it by now; this one leaves, and says nothing.
        """
        working = asyncio.ensure_future(work())
        watching = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                working.cancel()
                await asyncio.wait({working})
            await self._leave_unless_ours(working)
            return working.result()
        finally:
            working.cancel()
            watching.cancel()

    async def _leave_unless_ours(self, worked: asyncio.Future[Result]) -> None:
        """Look once more, whatever the work has ended with: any other end would be refused."""
        word = await asyncio.to_thread(self.pulse.look) if self.pulse else None
        if word and not word.ours:
            if not worked.cancelled():
                worked.exception()  # it is seen, and it is of no interest
            _leave(word)


def _leave(word: Word) -> NoReturn:
    """Leave as the word says."""
    if word.fate is Fate.CANCELLED:
        raise RunCancelled(word.why)
    if word.fate is Fate.PAUSED:
        get_run_logger().info("Paused (%s): what was finished is kept", word.why)
        raise Pause(state=word.state)
    get_run_logger().warning("This process leaves, and says nothing more: %s", word.why)
    raise Abort(word.why)


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    """Show that this process runs the review, and watch over its run while inside.

    Raises:
        Abort: the process is told to end, and the run is another's by now.
    """
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def heard() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has just ended, and the work with it
            loop.call_soon_threadsafe(ended.set)

    with pulse_of_run(heard) as pulse:
        try:
            yield Watch(pulse, ended)
        except (asyncio.CancelledError, KeyboardInterrupt, TerminationSignal):
            # Prefect would force Crashed on the run, whoever has it, and however it has ended
            word = pulse.look() if pulse else OURS
            if word.fate is Fate.LOST:
                _leave(word)
            raise


async def watched(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what the work returns, or end it as soon as the run is not to go on.

    Raises:
        RunCancelled, Pause, Abort: as ``Watch.over`` says.
    """
    async with watching() as watch:
        return await watch.over(work)
