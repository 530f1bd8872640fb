"""Which of several dispatchers gives the slots: one leads, one stands by, others are too many."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

from tasks.core.queueing.marks import SILENCE_SECONDS

LEAD_SECONDS = 600.0
"""So long one leads; then it makes room for a younger one, if that is there."""


class Role(enum.Enum):
    """What a dispatcher has to do."""

    LEADER = "leader"
    STANDBY = "standby"
    SPARE = "spare"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """One that says it lives, and since when; the server says so, so all of them see the same.

    ``moved`` is when anything of it changed last, also by the server's clock.
    """

    run: str
    since: float
    moved: float


def role(mine: str, live: Collection[Dispatcher]) -> Role:
    """Return the role of one: the oldest leads.

    It is one too many if two older ones live. Whether they do it cannot watch, for it has only
    begun; but what had long been still by then is not relied on. Who is not among them has been
    taken for dead, or is to end.
    """
    own = next((one for one in live if one.run == mine), None)
    if own is None:
        return Role.GONE
    older = [one for one in live if (one.since, one.run) < (own.since, own.run)]
    if not older:
        return Role.LEADER
    moving = [one for one in older if one.moved > own.since - SILENCE_SECONDS]
    return Role.SPARE if len(moving) > 1 else Role.STANDBY
