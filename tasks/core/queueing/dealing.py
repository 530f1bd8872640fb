"""What is to be done now: who is let go, who gives way to whom, and who is left waiting."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tasks.core.queueing.order import Choice, next_runs
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.preemption import Preemption, to_preempt
from tasks.core.queueing.runs import Running, Started, Waiting


@dataclass(frozen=True, slots=True)
class Deal:
    """The moves to make, and how things stand when they are made."""

    let_go: tuple[Choice, ...]
    preempted: tuple[Preemption, ...]
    waiting: tuple[Waiting, ...]
    running: tuple[Running, ...]


def deal(
    waiting: Collection[Waiting],
    due: AbstractSet[str],
    running: Collection[Running],
    policy: QueuePolicy,
    now: float,
    served: Collection[Started] = (),
    *,
    ahead: int = 0,
) -> Deal:
    """Return who gets a slot.

    ``due`` are those of ``waiting`` that workers may take already: by Prefect's order, the more
    urgent queue first, whatever ours is. ``ahead`` of the others are let go before there is a slot.
    """
    table = _Table({one.run: one for one in waiting}, list(running), policy, now, tuple(served))
    for one in sorted((table.waiting[run] for run in due), key=_waterfall)[: table.free]:
        table.seat(one.run)
    let_go = table.choose(table.free)
    for choice in let_go:
        table.seat(choice.run, overdue=choice.overdue)
    preempted = tuple(table.preempt())
    left = due & table.waiting.keys()
    early = tuple(table.early(left, ahead))
    given = tuple(Choice(one.by, one.gain) for one in preempted if one.by not in due)
    return Deal(
        (*let_go, *given, *early),
        preempted,
        tuple(table.waiting.values()),
        tuple(table.running),
    )


def _waterfall(one: Waiting) -> tuple[int, float, str]:
    return -one.priority, *one.age()


@dataclass(slots=True)
class _Table:
    """Who waits and who has a slot, while slots are given."""

    waiting: dict[str, Waiting]
    running: list[Running]
    policy: QueuePolicy
    now: float
    served: tuple[Started, ...]

    @property
    def free(self) -> int:
        return max(0, self.policy.slots - len(self.running))

    def choose(self, places: int) -> tuple[Choice, ...]:
        return next_runs(
            self.waiting.values(), self.running, places, self.policy, self.now, self.served
        )

    def seat(self, run: str, *, overdue: bool = False) -> None:
        """Count one as running: it is about to, so nobody can suspend it yet."""
        one = self.waiting.pop(run)
        self.running.append(
            Running(
                run=run,
                repository=one.repository,
                priority=one.priority,
                since=one.since,
                started=self.now,
                overdue=overdue,
                can_pause=False,
            )
        )

    def preempt(self) -> Iterator[Preemption]:
        """Yield who gives way to whom, as long as anybody has to."""
        while found := to_preempt(
            self.waiting.values(), self.running, self.free, self.policy, self.now, self.served
        ):
            yield found
            victim = next(one for one in self.running if one.run == found.victim)
            self.running.remove(victim)
            self.seat(found.by)
            self.waiting[victim.run] = Waiting(
                run=victim.run,
                repository=victim.repository,
                priority=victim.priority,
                since=victim.since,
            )

    def early(self, due: AbstractSet[str], places: int) -> Iterator[Choice]:
        """Yield who is let go before its time, but nobody that would overtake who is due.

        Prefect would: it takes the more urgent queue first, and what is due for its age, or
        for its repository's turn, would stand behind all that is let go later.
        """
        lowest = None
        for choice in self.choose(places):
            priority = self.waiting[choice.run].priority
            if choice.run in due:
                lowest = priority if lowest is None else min(lowest, priority)
            elif lowest is None or priority <= lowest:
                yield choice
