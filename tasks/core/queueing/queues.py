"""The queues by name: what people and Prefect's work queues call the priorities."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tasks.core.plan import TaskPriority

QUEUES: Mapping[TaskPriority, str] = MappingProxyType(
    {
        TaskPriority.CRITICAL: "critical",
        TaskPriority.HIGH: "high",
        TaskPriority.MEDIUM: "normal",
        TaskPriority.LOW: "low",
    }
)
"""Every priority's queue, the most urgent first."""

POOL = "reviews"
"""The work pool of the service."""

SERVICE = "service"
"""The queue of what keeps the service going: it never waits behind reviews."""

SERVICE_PLACES = 3
"""So many runs of that queue at once, beside the slots of the reviews."""

RANKS: Mapping[str, int] = MappingProxyType(
    {name: rank for rank, name in enumerate((SERVICE, *QUEUES.values()), start=1)}
)
"""Each queue's priority for Prefect's workers: 1 is taken first."""


def queue_of(priority: TaskPriority) -> str:
    """Return the name of the queue where reviews of this priority wait."""
    return QUEUES[priority]


def priority_of(queue: str) -> TaskPriority:
    """Return the priority of what waits in this queue.

    Raises:
        ValueError: there is no such queue.
    """
    for priority, name in QUEUES.items():
        if name == queue:
            return priority
    raise ValueError(f"there is no queue {queue!r}; there are {', '.join(QUEUES.values())}")
