"""What is known of the service at one moment: its queues, slots, workers and dispatcher."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.core.queue_metrics import QueueMetrics


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody who gives signs of life, and how many seconds ago the last one was."""

    name: str
    alive: bool
    ago: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """The service at one moment.

    ``queues`` ends with all of them together; ``window`` is of how many seconds their past is.
    ``dispatchers`` are the runs of ``reconcile``: the oldest of those alive leads. ``stopped`` are
    the queues that somebody has paused in Prefect.
    """

    slots: int
    queues: tuple[QueueMetrics, ...]
    window: float
    workers: tuple[Sign, ...] = ()
    dispatchers: tuple[Sign, ...] = ()
    stopped: tuple[str, ...] = ()

    @property
    def taken(self) -> int:
        """Return how many reviews have a slot."""
        return self.queues[-1].known.active_tasks

    @property
    def dispatcher(self) -> Sign | None:
        """Return who decides whose turn it is; None where nobody does."""
        return next((one for one in self.dispatchers if one.alive), None)

    @property
    def workers_alive(self) -> int:
        """Return how many workers take reviews."""
        return sum(one.alive for one in self.workers)

    @property
    def works(self) -> bool:
        """Return whether reviews that are submitted now are made."""
        return self.dispatcher is not None and self.workers_alive > 0
