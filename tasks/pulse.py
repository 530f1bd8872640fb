"""Show the server that a review's process lives, and hear whether the review is still its own.

All this is done in a thread of its own: what keeps the event loop busy keeps no pulse back.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_run_logger
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks.core.queueing.marks import OWNER, PULSE, PULSE_SECONDS
from tasks.errors import ReviewError
from tasks.fate import OURS, Fate, Word, word_of_run
from tasks.uptime import uptime

LOOK_SECONDS = 1.0
"""How often a process asks what has become of its run."""

FRESH_SECONDS = 3.0
"""What was heard no longer ago is believed: it is heard again each second, if all is well."""

TIMEOUT_SECONDS = 10.0
"""A server that takes longer for one answer is as good as away."""


class NotOurs(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """The run was taken from this process, which has nothing more to say of it."""


@dataclass(slots=True)
class Pulse:
    """The sign of life of one process that runs a review, and what it has heard of its run.

    ``heard`` is called, in the pulse's thread, when the run is ours no more. A server that is
    away ends nothing: whoever takes a run away does so on the server.
    """

    run: UUID
    deployed: bool
    heard: Callable[[], None]
    client: SyncPrefectClient
    settings: Context
    logger: logging.Logger | logging.LoggerAdapter[logging.Logger]
    owner: str = field(default_factory=lambda: uuid4().hex)
    word: Word = OURS
    _claimed: bool = False
    _heard_at: float = 0.0
    _beaten_at: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def keep(self) -> None:
        """Show it and look, again and again, until the review is over or not ours any more."""
        while self.word.ours:
            with contextlib.suppress(httpx.HTTPError):  # the server is away: the work goes on
                self._once()
            if self._over.wait(LOOK_SECONDS):
                return
        self.heard()

    def end(self) -> None:
        """Stop looking."""
        self._over.set()

    def look(self) -> Word:
        """Ask the server what has become of the run; return what was heard last if it is away."""
        try:
            return self._ask()
        except httpx.HTTPError as error:
            self.logger.debug("Cannot see what has become of the run: %s", error)
            return self.word

    def must_be_ours(self, *, for_sure: bool = False) -> None:
        """Refuse to go on with what is another's by now: also after a time in which we slept.

        ``for_sure`` is for whoever would take the run from another process otherwise.

        Raises:
            NotOurs: it was taken away, or is paused.
            httpx.HTTPError: it has to be sure, and the server is away.
        """
        if for_sure:
            word = self._ask()
        else:
            word = self.word if uptime() - self._heard_at < FRESH_SECONDS else self.look()
        if word.fate in {Fate.LOST, Fate.PAUSED}:
            raise NotOurs(f"this process is to say nothing more of the review: {word.why}")

    def _ask(self) -> Word:
        """Ask the server what has become of the run.

        Raises:
            httpx.HTTPError: it is away.
        """
        owner = self.owner if self._claimed else ""  # by now: what is read is older than the answer
        try:
            run = self._read()
        except ObjectNotFound:
            self.word = Word(Fate.LOST, "it was deleted") if self.deployed else OURS
        else:
            word = word_of_run(run, owner, deployed=self.deployed)
            if self.word.ours:  # what ended it stays the reason
                self.word = word
        self._heard_at = uptime()
        return self.word

    def _read(self) -> FlowRun:
        settings, read = self.settings.copy(), partial(self.client.read_flow_run, self.run)
        try:
            return settings.run(read)
        except httpx.TransportError:  # a connection of before it was started again, or we slept
            return settings.run(read)

    def _once(self) -> None:
        if not self._claimed:
            self._beat({OWNER: self.owner})
            self._claimed = True
        if self.look().ours and uptime() - self._beaten_at >= PULSE_SECONDS:
            self._beat({})

    def _beat(self, more: dict[str, str]) -> None:
        """Change the label that shows that we live: to the time, which only people read.

        Raises:
            httpx.HTTPError: it did not get through.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.client.update_flow_run_labels(self.run, {**more, PULSE: f"{now} {self.owner[:6]}"})
        self._beaten_at = uptime()


_PULSE: ContextVar[Pulse | None] = ContextVar("_PULSE", default=None)


def must_be_ours(*, for_sure: bool = False) -> None:
    """Refuse to go on where the run was taken from this process; outside of one, never.

    Raises:
        NotOurs, httpx.HTTPError: as ``Pulse.must_be_ours`` says.
    """
    pulse = _PULSE.get()
    if pulse is not None:
        pulse.must_be_ours(for_sure=for_sure)


@contextlib.contextmanager
def beating(run: UUID, heard: Callable[[], None], *, deployed: bool) -> Iterator[Pulse]:
    """Say that this process runs the review, and show that it lives, while inside."""
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):  # it is tried again in a second
        settings = copy_context()
    with contextlib.ExitStack() as stack:
        made = get_client(sync_client=True, httpx_settings={"timeout": TIMEOUT_SECONDS})
        pulse = Pulse(run, deployed, heard, stack.enter_context(made), settings, get_run_logger())
        thread = threading.Thread(
            target=settings.copy().run, args=(pulse.keep,), name="pulse", daemon=True
        )
        token = _PULSE.set(pulse)
        thread.start()
        try:
            yield pulse
        finally:
            _PULSE.reset(token)
            pulse.end()
            thread.join(LOOK_SECONDS)
            if thread.is_alive():
                stack.pop_all()  # it waits for an answer still: the client is left to it
