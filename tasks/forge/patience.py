"""When to ask GitHub again, and when to wait before it: one rule for every kind of request."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tasks.core.forge.limits import Wait, duration
from tasks.forge.account import Account
from tasks.forge.errors import Ambiguous, BadCredentials, RateLimited, Unreachable
from tasks.forge.pacing import Pace

T = TypeVar("T")

OnWait = Callable[[Wait], None]

SHORT = 60
"""Seconds that a read waits for a rate limit; more is for whoever can do something else."""

TRIES = 4
"""How often a read is sent."""

LIMITS = 3
"""How many rate limits in a row are waited for."""

MOMENT = 0.5
"""Seconds in which a new token becomes known everywhere."""

SLOW = 2
"""Seconds of our own pacing from which on somebody is told."""


class Patience:
    """Of one connection. ``on_wait`` is told before each wait; ``stop`` ends them all."""

    def __init__(self, account: Account, pace: Pace, on_wait: OnWait) -> None:
        self._account = account
        self._pace = pace
        self._on_wait = on_wait
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let whoever waits stop waiting, and nobody wait any more."""
        self._stopped.set()

    def keep_pace(self, what: str, points: int, *, creates: bool = False) -> None:
        """Wait until the account may send a request of so many points."""
        seconds = self._pace.wait(points, creates=creates)
        if seconds > SLOW:
            why = f"so much at once GitHub would refuse; it goes on in {duration(seconds)}"
            self._on_wait(Wait(seconds, why))
        if seconds:
            self.pause(what, seconds)

    def until_read(self, what: str, once: Callable[[int], T]) -> T:
        """Read until it succeeds; ``once`` is given how many rate limits there were in a row.

        Raises:
            Unreachable: it did not, however often it was tried.
        """
        limits = lost = 0
        while True:
            try:
                return self.until_believed(what, partial(once, limits))
            except RateLimited as limited:
                if limits >= LIMITS or limited.wait.seconds > SHORT:
                    raise
                limits += 1
                self._on_wait(limited.wait)
                self.pause(what, limited.wait.seconds)
            except Ambiguous as error:
                lost += 1
                if lost >= TRIES:
                    raise Unreachable(what, error.message) from None
                self.pause(what, 2 ** (lost - 2) * random.uniform(0.75, 1.25))  # noqa: S311 - jitter

    def until_believed(self, what: str, once: Callable[[], T]) -> T:
        """Send it; once more, with a new token, where GitHub does not believe who we are.

        That had no effect, and a new token may not be known everywhere for a moment.
        """
        try:
            return once()
        except BadCredentials:
            self._account.renew()
            self.pause(what, MOMENT)
        return once()

    def pause(self, what: str, seconds: float) -> None:
        """Sleep, unless the connection is closed meanwhile.

        Raises:
            Unreachable: it is closed.
        """
        if self._stopped.wait(seconds):
            raise Unreachable(what, "the connection was closed meanwhile")
