"""Where each waiting review stands, and why it is not further ahead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tasks.core.plan import TaskPriority
from tasks.core.queueing.order import Turn, in_order
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.runs import Running, Started, Waiting
from tasks.core.queueing.words import nth, the_queue


@dataclass(frozen=True, slots=True)
class Position:
    """A place, counted from 1: of all that wait, and of those in the same queue."""

    run: str
    of_all: int
    in_queue: int
    why: str


def positions(
    waiting: Collection[Waiting],
    running: Collection[Running],
    policy: QueuePolicy,
    now: float,
    served: Collection[Started] = (),
) -> tuple[Position, ...]:
    """Return the place of everything that waits, in the order of ``in_order``."""
    places: list[Position] = []
    ahead: dict[TaskPriority, list[float]] = {priority: [] for priority in TaskPriority}
    for turn in in_order(waiting, running, policy, now, served):
        one = turn.waiting
        equal = [since for queue, its in ahead.items() if queue <= one.priority for since in its]
        in_queue = len(ahead[one.priority]) + 1
        queue = the_queue(one.priority, turn.level, one.waited(now))
        why = f"{nth(in_queue)} in {queue}: {_reason(turn, len(places) - len(equal), equal)}"
        places.append(Position(one.run, len(places) + 1, in_queue, why))
        ahead[one.priority].append(one.since)
    return tuple(places)


def _reason(turn: Turn, urgent: int, equal: Sequence[float]) -> str:
    """Say what is before it: so many more urgent ones, and others, submitted at these times."""
    if turn.overdue:
        return "it is overdue and next"
    reasons = [f"{urgent} more urgent {'go' if urgent > 1 else 'goes'} first"] if urgent else []
    if any(since > turn.waiting.since for since in equal):
        # nothing but fairness lets a younger one go before
        repository = turn.waiting.repository
        reasons.append(
            f"{turn.beside} of {repository} {'run or go' if turn.beside > 1 else 'runs or goes'} "
            "before it"
            if turn.beside
            else f"{repository} had a slot more recently"
        )
    elif equal:
        reasons.append(f"{len(equal)} older {'go' if len(equal) > 1 else 'goes'} first")
    return ", ".join(reasons) or "it gets the next free slot"
