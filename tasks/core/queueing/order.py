"""Whose turn it is: the order in which waiting reviews get slots."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tasks.core.plan import TaskPriority
from tasks.core.queueing.lanes import Lanes
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.runs import Running, Started, Waiting
from tasks.core.queueing.words import beside, span, the_queue


@dataclass(frozen=True, slots=True)
class Turn:
    """A review's place in the order, and what put it there.

    ``beside`` is how many of its repository have a slot by then. ``overdue`` ones go before all.
    """

    waiting: Waiting
    level: TaskPriority
    beside: int
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A review that gets a slot now, and why it is this one."""

    run: str
    why: str
    overdue: bool = False


def next_runs(
    waiting: Collection[Waiting],
    running: Collection[Running],
    free_slots: int,
    policy: QueuePolicy,
    now: float,
    served: Collection[Started] = (),
) -> tuple[Choice, ...]:
    """Return which reviews get the free slots, in this order; see ``in_order``."""
    turns = in_order(waiting, running, policy, now, served)
    return tuple(
        Choice(turn.waiting.run, _why(turn, now), turn.overdue)
        for turn in itertools.islice(turns, max(0, free_slots))
    )


def in_order(
    waiting: Collection[Waiting],
    running: Collection[Running],
    policy: QueuePolicy,
    now: float,
    served: Collection[Started] = (),
) -> Iterator[Turn]:
    """Yield all that waits, as it would get slots if they became free one by one, now.

    First what is overdue, at most one. Then by level, which is the priority and what age makes of
    it (``Lanes``). Within a level the repository that has the fewest slots is next, then the one
    that was served longest ago, then the oldest review. Within a repository what is more urgent
    by itself is before what age has lifted, then the oldest. ``served`` are the reviews that
    got a slot of late, running or not: those of the last hour will do, and of
    ``overdue_every_seconds`` where that is longer.
    """
    lanes = Lanes(waiting, running, policy, now, served)
    first = _overdue(waiting, (*served, *running), policy, now)
    if first:
        yield Turn(first, lanes.level(first), lanes.busy[first.repository], overdue=True)
        lanes.take(first)
    for one in lanes.heads():
        yield Turn(one, lanes.level(one), lanes.busy[one.repository])
        lanes.take(one)


def _overdue(
    waiting: Collection[Waiting], started: Collection[Started], policy: QueuePolicy, now: float
) -> Waiting | None:
    """Return the oldest, if it has waited too long and nothing as old has moved of late.

    Only finitely many are older than any review, so its turn comes whatever else is submitted.
    """
    if not waiting or policy.overdue_seconds is None:
        return None
    oldest = min(waiting, key=Waiting.age)
    if oldest.waited(now) < policy.overdue_seconds:
        return None
    lately = now - policy.overdue_every_seconds
    moved = any(one.since <= oldest.since and one.started > lately for one in started)
    return None if moved else oldest


def _why(turn: Turn, now: float) -> str:
    one = turn.waiting
    if turn.overdue:
        return f"overdue after {span(one.waited(now))}: it goes before all others"
    queue = the_queue(one.priority, turn.level, one.waited(now))
    return f"next in {queue}: {beside(turn.beside, one.repository)}"
