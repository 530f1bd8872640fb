"""What becomes of a review whose process has died."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.core.queueing.marks import MOST_ATTEMPTS, MOST_FAREWELLS

TOLD = re.compile(r"by a termination signal|\bstatus code (-15|143)\b")
"""What Prefect's engine, or else its worker, says of a process that was told to end (SIGTERM)."""

PAUSES = (2.0, 30.0)
"""Seconds before the second attempt, and before all later ones: what kills at once may pass."""


@dataclass(frozen=True, slots=True)
class Again:
    """It is begun once more, after a pause of seconds.

    After ``MOST_ATTEMPTS`` deaths it does not review: it only says that the review is given up.
    """

    pause: float
    message: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It is over."""

    message: str


def was_told_to_end(why: str, farewells: int) -> bool:
    """Return whether a process only ended as its worker did: a service that is brought down.

    That is no death, however long the review and whatever is deployed meanwhile. ``farewells`` are
    those before; one that is told so for ever does it itself.
    """
    return farewells < MOST_FAREWELLS and bool(TOLD.search(why))


def after_death(deaths: int, why: str, *, can_say_so: bool) -> Again | GivenUp:
    """Return what becomes of a review that has died so often, this time included.

    ``can_say_so``: its flow knows how to say that it was given up.
    """
    why = why or "its process died"
    if deaths < MOST_ATTEMPTS:
        message = f"attempt {deaths + 1} of {MOST_ATTEMPTS}: {why}"
        return Again(PAUSES[min(deaths, len(PAUSES)) - 1], message)
    message = f"given up after {MOST_ATTEMPTS} attempts: {why}"
    if deaths == MOST_ATTEMPTS and can_say_so:
        return Again(0.0, message)
    return GivenUp(message)
