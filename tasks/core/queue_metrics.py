"""How each queue does: what waits and runs now, and how it went with what has ended of late."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import fmean

from pydantic import BaseModel, ConfigDict

from tasks.core.metrics import Count, Seconds, WorkflowMetrics
from tasks.core.plan import TaskPriority
from tasks.core.queueing.queues import QUEUES
from tasks.core.queueing.runs import Running, Waiting

DAY = 86_400.0
"""What has ended within so many seconds counts."""

HOUR = 60
"""Minutes."""

ALL = "all"
"""What the figures of all queues together are called."""


class Outcome(enum.Enum):
    """How a review ended. A verdict is a success, whatever it says."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A review that has ended, in seconds.

    ``waited`` is how long it waited for its first slot, None where it never had one; ``worked``
    how long it ran, in all its attempts; ``attempts`` how often it was sent back for having died.
    """

    priority: TaskPriority
    outcome: Outcome
    waited: float | None
    worked: float
    attempts: int = 0


class QueueMetrics(BaseModel):
    """The figures of a queue.

    ``known`` are reviews with a verdict and failed ones; a review that was cancelled, by a person
    or by a newer push, is neither. ``oldest_seconds`` is None where nothing waits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: str
    known: WorkflowMetrics
    began: Count = 0
    cancelled: Count = 0
    preempted: Count = 0
    oldest_seconds: Seconds | None = None

    def figures(self) -> dict[str, float | None]:
        """Return each figure by its name; None where there was nothing to make it from."""
        known = self.known
        rated = bool(known.total)
        return {
            "waiting": known.queue_size,
            "active": known.active_tasks,
            "oldest_waiting_seconds": self.oldest_seconds,
            "average_wait_seconds": known.wait_seconds if self.began else None,
            "average_run_seconds": fmean(known.durations) if rated else None,
            "per_hour": HOUR * known.throughput_per_minute,
            "succeeded": known.succeeded,
            "failed": known.failed,
            "cancelled": self.cancelled,
            "success_rate": known.success_rate if rated else None,
            "failure_rate": known.failure_rate if rated else None,
            "retry_rate": known.retry_rate if rated else None,
            "preempted": self.preempted,
        }


def by_queue(
    waiting: Collection[Waiting],
    running: Collection[Running],
    ended: Collection[Ended],
    preempted: Mapping[TaskPriority, int],
    *,
    now: float,
    window: float,
) -> tuple[QueueMetrics, ...]:
    """Return the figures of every queue, the most urgent first, and last those of all together.

    ``preempted`` is how often all these have given way; ``window`` is of how many seconds
    ``ended`` is all that has ended.
    """
    every = [(name, frozenset({priority})) for priority, name in QUEUES.items()]
    return tuple(
        _figures(
            name,
            [one for one in waiting if one.priority in of],
            [one for one in running if one.priority in of],
            [one for one in ended if one.priority in of],
            sum(preempted.get(priority, 0) for priority in of),
            now=now,
            window=window,
        )
        for name, of in (*every, (ALL, frozenset(QUEUES)))
    )


def _figures(
    queue: str,
    waiting: Collection[Waiting],
    running: Collection[Running],
    ended: Collection[Ended],
    preempted: int,
    *,
    now: float,
    window: float,
) -> QueueMetrics:
    known = [one for one in ended if one.outcome is not Outcome.CANCELLED]
    # clocks of two machines may differ
    waits = [max(0.0, one.waited) for one in ended if one.waited is not None]
    failed = sum(one.outcome is Outcome.FAILED for one in known)
    return QueueMetrics(
        queue=queue,
        known=WorkflowMetrics(
            total=len(known),
            succeeded=len(known) - failed,
            failed=failed,
            retried=sum(one.attempts > 0 for one in known),
            durations=tuple(one.worked for one in known),
            duration_seconds=window,
            wait_seconds=fmean(waits) if waits else 0.0,
            queue_size=len(waiting),
            active_tasks=len(running),
        ),
        began=len(waits),
        cancelled=len(ended) - len(known),
        preempted=preempted,
        oldest_seconds=max((one.waited(now) for one in waiting), default=None),
    )
