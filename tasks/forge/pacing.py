"""Keep under GitHub's secondary limits, together with everybody who uses the same account.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections.abc import Callable

MINUTE = 60.0

POINTS = 900
"""Points a minute; the source above."""

CREATIONS = 80
"""Requests a minute that make content people are notified of; the source above."""

READ = 1
WRITE = 5
"""What a request costs; the source above."""


class Window:
    """At most ``most`` of something within any minute, those included that are still to come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: list[tuple[float, int]] = []  # when, how much; sorted

    def earliest(self, amount: int, now: float) -> float:
        """Return when there is room for this amount: now, or later."""
        self._taken = [(at, taken) for at, taken in self._taken if at > now - MINUTE]
        left = sum(taken for _, taken in self._taken)
        start = now
        for at, taken in self._taken:
            if not amount or left + amount <= self._most:
                break
            left -= taken
            start = at + MINUTE
        return start

    def take(self, amount: int, at: float) -> None:
        """Use up room from a time on."""
        if amount:
            insort(self._taken, (at, amount))


class Pace:
    """The limiter of one account. Any thread may use it; it never sleeps by itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._points = Window(POINTS)
        self._creations = Window(CREATIONS)

    def wait(self, points: int, *, creates: bool = False) -> float:
        """Reserve a place for a request; return the seconds until it may be sent, mostly 0."""
        with self._lock:
            now = self._clock()
            creations = int(creates)
            start = max(
                self._points.earliest(points, now), self._creations.earliest(creations, now)
            )
            self._points.take(points, start)
            self._creations.take(creations, start)
            return start - now


_PACES: dict[str, Pace] = {}
_LOCK = threading.Lock()


def pace_of(account: str) -> Pace:
    """Return the one limiter of an account in this process."""
    with _LOCK:
        return _PACES.setdefault(account, Pace())
