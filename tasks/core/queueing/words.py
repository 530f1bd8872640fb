"""What people read about waiting: the pieces of the sentences."""

from __future__ import annotations

from tasks.core.plan import TaskPriority
from tasks.core.queueing.queues import queue_of


def the_queue(priority: TaskPriority, level: TaskPriority, waited: float) -> str:
    """Name a review's queue, and what it counts as where that is more."""
    queue = f"the queue {queue_of(priority)}"
    if level == priority:
        return queue
    return f"{queue} (counts as {queue_of(level)} after {span(waited)})"


def beside(running: int, repository: str) -> str:
    """Say how many of a repository have a slot."""
    if not running:
        return f"none of {repository} runs"
    return f"{running} of {repository} {'run' if running > 1 else 'runs'} already"


def nth(place: int) -> str:
    """Write a place in an order: ``3rd``."""
    if place % 100 in {11, 12, 13}:
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def span(seconds: float) -> str:
    """Write a time that has passed: ``40 s``, ``12 min``, ``2 h 5 min``."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min" if minutes else f"{seconds} s"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
