"""Reviews that wait for a slot, and reviews that got one. Times are seconds since the epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tasks.core.plan import TaskPriority
from tasks.core.queueing.policy import QueuePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A review without a slot.

    ``since`` is when it was submitted. One that was preempted keeps it, so it waits no longer
    than it must for its next turn. ``name`` is what people call it, where they have a name.
    """

    run: str
    repository: str
    priority: TaskPriority
    since: float
    name: str = ""

    @property
    def title(self) -> str:
        """Return what to call it towards people."""
        return self.name or f"{self.run} of {self.repository}"

    def age(self) -> tuple[float, str]:
        """Return what sorts the oldest first, and those of the same moment in any one order."""
        return self.since, self.run

    def waited(self, now: float) -> float:
        """Return its age in seconds; clocks of two machines may differ, so never less than 0."""
        return max(0.0, now - self.since)

    def counts_as(self, policy: QueuePolicy, now: float) -> TaskPriority:
        """Return its level by priority and age. Age alone makes nothing critical."""
        if policy.ageing_seconds is None or self.priority >= TaskPriority.HIGH:
            return self.priority
        lifted = self.priority + int(self.waited(now) / policy.ageing_seconds)
        return TaskPriority(min(lifted, TaskPriority.HIGH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A review that got a slot, whether it still has it or not."""

    repository: str
    since: float
    started: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Running(Started):
    """A review that has a slot.

    ``started`` is when it got this slot, ``preempted`` how often it has lost one, ``expected`` how
    many seconds it is thought to take from ``started`` on, None where nobody knows. ``overdue``
    ones got the slot for having waited too long (``Choice.overdue``), and keep it. So do those
    that cannot pause: whose process has not begun, or would not notice.
    """

    run: str
    priority: TaskPriority
    preempted: int = 0
    overdue: bool = False
    expected: float | None = None
    can_pause: bool = True

    def remaining(self, now: float) -> float:
        """Return the seconds until its slot is likely to be free, infinity where nobody knows.

        Nor is it known of one that takes longer than expected: it may hang.
        """
        left = self.started + (self.expected or 0.0) - now
        return left if left > 0 else math.inf
