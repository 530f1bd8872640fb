"""Who has to give way when something critical finds every slot taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tasks.core.plan import TaskPriority
from tasks.core.queueing.order import in_order
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.queues import queue_of
from tasks.core.queueing.runs import Running, Started, Waiting
from tasks.core.queueing.words import span


@dataclass(frozen=True, slots=True)
class Preemption:
    """A review that is to be suspended. Its slot is for ``by``, not for whoever is next.

    ``why`` is for the victim, ``gain`` for the other.
    """

    victim: str
    by: str
    why: str
    gain: str


def to_preempt(
    waiting: Collection[Waiting],
    running: Collection[Running],
    free_slots: int,
    policy: QueuePolicy,
    now: float,
    served: Collection[Started] = (),
) -> Preemption | None:
    """Return whose slot a critical review takes, or None. Ask again until it is None.

    The victim is the least urgent by its own priority, whatever its age; of those the one that
    started last has the least to lose. Nobody gives way

    | when                                                        | because                    |
    |-------------------------------------------------------------|----------------------------|
    | a slot is free                                              | there is no need           |
    | nothing that is critical by itself waits                    | age does not preempt       |
    | it is critical itself                                       | equals wait for each other |
    | it got its slot because it was overdue                      | its turn would never come  |
    | it cannot pause                                             | it would go on             |
    | it has been preempted ``most_preemptions`` times            | it would never end         |
    | it is going to end sooner than a restart costs              | nothing is gained          |
    | so many slots will be free by then as critical reviews wait | nothing is gained          |
    """
    cost = policy.restart_cost_seconds
    urgent = sum(one.priority is TaskPriority.CRITICAL for one in waiting)
    soon = sum(one.remaining(now) < cost for one in running)
    if free_slots > 0 or urgent <= soon:
        return None
    can = [
        one
        for one in running
        if one.priority < TaskPriority.CRITICAL
        and not one.overdue
        and one.can_pause
        and one.preempted < policy.most_preemptions
        and one.remaining(now) >= cost
    ]
    if not can:
        return None
    turns = (turn.waiting for turn in in_order(waiting, running, policy, now, served))
    by = next(one for one in turns if one.priority is TaskPriority.CRITICAL)
    victim = min(can, key=lambda one: (one.priority, -one.started, one.run))
    gain = f"critical: takes the slot of one in the queue {queue_of(victim.priority)}"
    return Preemption(victim.run, by.run, _why(by, victim, now), gain)


def _why(by: Waiting, victim: Running, now: float) -> str:
    return (
        f"suspended for {by.title}, which is critical and found every slot taken: "
        f"of those that run this is the least urgent ({queue_of(victim.priority)}) and has run "
        f"the shortest ({span(now - victim.started)}); its finished steps are kept"
    )
