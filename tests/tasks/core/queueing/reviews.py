"""Reviews in a few letters: ``"shop/1 high"`` is number 1 of shop, in the queue high."""

from __future__ import annotations

from typing import Any

from tasks.core.queueing.queues import priority_of
from tasks.core.queueing.runs import Running, Started, Waiting

NOW = 100_000.0
"""Large enough that anything may have begun before."""


def waiting(*said: str, ago: float = 0.0) -> list[Waiting]:
    """Make reviews that wait, submitted a second after each other, the last so long ago."""
    return [
        Waiting(since=NOW - ago - (len(said) - 1 - n), **_of(one)) for n, one in enumerate(said)
    ]


def running(*said: str, **values: Any) -> list[Running]:
    """Make reviews that run, started a second after each other, the last just now."""
    started = [NOW - (len(said) - 1 - n) for n in range(len(said))]
    return [
        Running(**({"since": at, "started": at} | values | _of(one)))
        for one, at in zip(said, started, strict=True)
    ]


def served(repository: str, *, ago: float, since: float = NOW) -> Started:
    return Started(repository=repository, since=since, started=NOW - ago)


def _of(said: str) -> dict[str, Any]:
    name, _, queue = said.partition(" ")
    return {
        "run": name,
        "repository": name.partition("/")[0],
        "priority": priority_of(queue or "normal"),
    }
