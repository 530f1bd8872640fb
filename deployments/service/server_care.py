"""Keeps the server of the data folder going, on the port where everybody expects it."""

from __future__ import annotations

import time

from deployments.server import PATIENCE, Server, ServerError, healthy
from deployments.service.child import PAUSES, STEADY, Say
from deployments.service.identity import end, reaped

LOOK_SECONDS = 5.0
"""Between two questions whether it answers; while it does not, one in every second."""


class ServerCare:
    """What is known of the server: who it was, and when it answered."""

    def __init__(self, server: Server, say: Say) -> None:
        self._server, self._say = server, say
        self._last = server.running()
        self._url = server.url
        self._answers = False
        self._looked = self._claimed = 0.0
        self._silent_since = time.monotonic()
        self._deaths = 0
        self._told = False

    def answers(self, port: int = 0) -> bool:
        """Return whether the server answers; start it where it has died.

        Raises:
            ServerError: it cannot be started, or has not answered for long.
        """
        self._have(port)
        now = time.monotonic()
        if self._url != self._server.url:
            self._url = self._server.url
            self._answers = False
            self._looked = 0.0
            self._silent_since = now
            self._told = False
        if now - self._looked >= (LOOK_SECONDS if self._answers else 1.0):
            self._looked = now
            self._heard(healthy(self._url), now)
        return self._answers

    def _have(self, port: int) -> None:
        """Have the process. One that dies young is started again later each time."""
        if self._server.given:
            return
        running = self._server.running()
        if self._last and not running:
            reaped(self._last.pid)
            self._deaths = self._deaths + 1 if time.monotonic() - self._claimed < STEADY else 0
            self._answers = False
            self._claimed = time.monotonic()
            pause = self._pause()
            again = f"in {pause:.0f} s" if pause else "at once"
            self._say(f"server: ended; it starts again {again}")
            self._silent_since = time.monotonic()
            self._last = None
        if running is None and time.monotonic() - self._claimed < self._pause():
            return
        if running is None or port not in {0, running.port}:
            self._server.claim(port)
        self._last = self._server.running()
        if running is None:
            self._claimed = time.monotonic()

    def _pause(self) -> float:
        return PAUSES[min(self._deaths, len(PAUSES) - 1)] if self._claimed else 0.0

    def _heard(self, answers: bool, now: float) -> None:  # noqa: FBT001 - that is what was heard
        if answers:
            if not self._answers:
                self._say(f"server: answers at {self._url}")
            self._answers = True
            return
        if self._answers:
            self._say(f"server: does not answer at {self._url}")
            self._answers, self._silent_since, self._told = False, now, True
        if not self._told:
            self._say(f"server: starting at {self._url}")
            self._told = True
        if now - self._silent_since < PATIENCE:
            return
        self._silent_since = now
        if self._last:
            self._say(f"server: has not answered for {PATIENCE} s; it is started again")
            end(self._last.pid)
        else:
            raise ServerError(f"no Prefect server answers at {self._url}")
