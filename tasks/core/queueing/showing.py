"""Which waiting reviews are told their place anew: each telling is a state on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.core.queueing.marks import HOLD_SECONDS

STALE_SECONDS = 15.0
"""A place is not told more often than this."""

RENEW_SECONDS = HOLD_SECONDS / 2
"""A review that would start by itself sooner than this is held anew."""

TOLD_A_SECOND = 2.0
"""So many waiting reviews are told their place in a second."""

TOLD_AT_ONCE = 4
"""No more than these after a long look: telling must not make the next one longer still."""

RENEWALS = 4
"""Holding is worth so many times what showing is: this many for one place that is told."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a waiting review says of itself, since when, and until when it is held."""

    text: str
    at: float
    held_until: float


def budget_of(seconds: float) -> int:
    """Return how many may be told after so many seconds in which nobody was."""
    return min(int(seconds * TOLD_A_SECOND), TOLD_AT_ONCE)


def to_tell(
    places: Sequence[tuple[str, str]], shown: Mapping[str, Shown], now: float, budget: int
) -> tuple[str, ...]:
    """Return who is told, of ``places``: runs and what they should say, the nearest first.

    Those whose hold ends come before; then those who say something else by now.
    """
    there = [(shown[run], run, text) for run, text in places if run in shown]
    ending = sorted(
        (one.held_until, run) for one, run, _ in there if one.held_until - now < RENEW_SECONDS
    )
    renewed = [run for _, run in ending[: budget * RENEWALS]]
    stale = [
        run
        for one, run, text in there
        if one.text != text and now - one.at >= STALE_SECONDS and run not in renewed
    ]
    return (*renewed, *stale[: max(0, budget - len(renewed))])
