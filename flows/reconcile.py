"""Give slots to reviews, and bring back what has died: the service's dispatcher.

A schedule starts one each minute. The oldest that lives leads, one stands by, others end at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, ObjectNotFound
from prefect.logging import get_run_logger
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Cancelled, Completed

from flows.dispatching import Dispatcher
from flows.farewells import Farewells
from tasks.core.queueing.leading import LEAD_SECONDS, Role
from tasks.errors import ReviewError
from tasks.service.dispatchers import FLOW, Peers
from tasks.service.history import remember
from tasks.service.missed import skip_missed
from tasks.service.objects import CannotFollow, ensure_objects, settings_of

PEERS_SECONDS = 1.0
"""How often we look who else is there."""

SETTINGS_SECONDS = 60.0
"""How often we look whether somebody has changed the settings."""

HISTORY_SECONDS = 180.0
"""How often we read how long reviews take."""

AWAY_SECONDS = 1.0
"""How long we wait for a server that does not answer, before we ask again."""

AWAY_AT_MOST = 600.0
"""After so long without an answer the process ends: nobody else may ever end it. The schedule
starts another one."""

TIMEOUT_SECONDS = 10.0
"""A server that takes longer for one answer is as good as away."""


@flow(name=FLOW)
async def reconcile() -> State[None]:
    """Give slots to reviews until a younger one takes over; stand by before that.

    Ends at once where two others do so already.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None:
        raise Abort("outside of a flow run there is nobody to be told from others")
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), told_to_end() as stop:
        async with get_client(httpx_settings={"timeout": TIMEOUT_SECONDS}) as client:
            service = Service(client, run, get_run_logger(), stop)
            return await service.serve()


@contextlib.contextmanager
def told_to_end() -> Iterator[asyncio.Event]:
    """Yield what is set when somebody tells this process to end (SIGTERM)."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    try:
        before = signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(stop.set))
    except ValueError:  # not the main thread: whoever started it has to end it
        yield stop
        return
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(slots=True)
class Service:
    """One run of it, from its beginning to its end."""

    client: PrefectClient
    run: FlowRun
    log: logging.Logger | logging.LoggerAdapter[logging.Logger]
    stop: asyncio.Event
    peers: Peers = field(init=False)
    farewells: Farewells = field(init=False)
    dispatcher: Dispatcher | None = None
    _led: float = 0.0
    _looked: float | None = None
    _settings: float | None = None
    _history: float | None = None
    _away: float | None = None

    async def serve(self) -> State[None]:
        """Do what is to be done, again and again; return how it ended."""
        self.peers = Peers(self.client, self.run.id)
        self.farewells = Farewells(self.client, self.log)
        try:
            return await self._serve()
        finally:
            await self.farewells.end()

    async def _serve(self) -> State[None]:
        while not self.stop.is_set():
            try:
                pause, end = await self._once(), await self._end()
                self._back()
            except ObjectNotFound:  # what was there a moment ago was deleted
                pause, end = AWAY_SECONDS, None
            except httpx.HTTPError as error:
                pause, end = self._gone(error), None
            if end:
                return end
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), pause)
        return await self._leave("this process was told to end")

    async def _once(self) -> float:
        """Look who leads, and lead if it is our turn; return how long to wait then."""
        now = time.monotonic()
        if self._looked is None or now - self._looked >= PEERS_SECONDS:
            await self.peers.look()
            self._looked = now
        if self.peers.role is not Role.LEADER:
            return PEERS_SECONDS
        if self.dispatcher is None:
            self.dispatcher = Dispatcher(self.client, self.run.id, self.log)
            self._led = now
            self.log.info("Leads from now on")
        await self._learn(self.dispatcher, now)
        self.dispatcher.beats = self.peers.beats
        self.farewells.look()
        return await self.dispatcher.tick()

    async def _end(self) -> State[None] | None:
        """Return how it ends, if it does."""
        match self.peers.role:
            case Role.SPARE:
                return _done("two others are at it")
            case Role.GONE:
                return await self._leave("this run was ended meanwhile")
            case Role.LEADER if self.peers.others and time.monotonic() - self._led > LEAD_SECONDS:
                return _done(f"led for {LEAD_SECONDS / 60:.0f} minutes; another one goes on")
        return None

    async def _leave(self, why: str) -> State[None]:
        """Return how it ends before its time.

        Raises:
            Abort: it was ended or deleted on the server, and has nothing more to say.
        """
        try:
            state = (await self.client.read_flow_run(self.run.id)).state
        except ObjectNotFound:
            raise Abort(why) from None
        if state and state.is_cancelling():
            return Cancelled(message=state.message or why)
        if state and state.is_running():
            return _done(why)
        raise Abort(why)

    async def _learn(self, dispatcher: Dispatcher, now: float) -> None:
        """Read now and then what people have set, and how long reviews take."""
        if self._settings is None or now - self._settings >= SETTINGS_SECONDS:
            await self._ensure(dispatcher)
            self._settings = now
        if self._history is None or now - self._history >= HISTORY_SECONDS:
            if skipped := await skip_missed(self.client):
                self.log.info("Left out %s scheduled runs of the service that were missed", skipped)
            dispatcher.learn(await remember(self.client, dispatcher.policy))
            self._history = now

    async def _ensure(self, dispatcher: Dispatcher) -> None:
        """Follow the settings; have the server's objects follow them too."""
        try:
            kept = await settings_of(self.client)
            if kept and self._settings is not None and kept.policy == dispatcher.policy:
                return
        except CannotFollow:
            kept = None  # what can be made without them is made, and that says it
        try:
            for line in await ensure_objects(self.client):
                self.log.info("%s", line)
            kept = await settings_of(self.client)
        except ReviewError as error:
            self.log.warning("%s", error)
        if kept:
            dispatcher.policy = kept.policy
            self.log.info("Settings: %s", dispatcher.policy)

    def _gone(self, error: httpx.HTTPError) -> float:
        """Say once that the server does not answer; return how long to wait.

        Raises:
            Abort: it has not for a long time.
        """
        if self._away is None:
            self._away = time.monotonic()
            self.log.warning("The server does not answer, waiting for it: %r", error)
        if time.monotonic() - self._away > AWAY_AT_MOST:
            raise Abort(f"the server has not answered for {AWAY_AT_MOST:.0f} s")
        return AWAY_SECONDS

    def _back(self) -> None:
        if self._away is not None:
            away = time.monotonic() - self._away
            self.log.info("The server answers again, after %.0f s", away)
            self._away = None


def _done(why: str) -> State[Any]:
    return Completed(message=why)
