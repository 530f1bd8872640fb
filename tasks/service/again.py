"""Have a pull request reviewed once more, because somebody asked for it."""

from __future__ import annotations

from prefect.client.orchestration import PrefectClient

from tasks.core.inbound.wishes import Subject
from tasks.core.plan import TaskPriority
from tasks.core.queueing.queues import priority_of, queue_of
from tasks.service.live import Live, live_of, move
from tasks.service.submit import submit


async def review_again(
    client: PrefectClient,
    subject: Subject,
    *,
    delivery: str,
    priority: TaskPriority | None = None,
    using: str = "",
) -> str:
    """Submit it, or let what waits for it wait where it is wanted; return what was done.

    What is at work goes on: it may have read what is not true any more.
    """
    waiting = next((one for one in await live_of(client, subject) if one.waits), None)
    if waiting is not None:
        said = await _waits(client, waiting, priority)
        if said:
            return said
    more = {"using": using} if using else {}
    run = await submit(
        client,
        subject.repository,
        subject.number,
        priority=priority,
        key=f"delivery:{delivery}",
        parameters={**more, "again": True},
    )
    return f"submitted once more as run {run.id}, in the queue {run.work_queue_name}"


async def _waits(client: PrefectClient, waiting: Live, priority: TaskPriority | None) -> str:
    """Return what became of a run that waits; nothing where it has begun meanwhile."""
    here = waiting.run.work_queue_name or ""
    wanted = priority_of(here) if priority is None else priority
    as_wanted = queue_of(wanted) == here and waiting.run.parameters.get("again")
    if as_wanted or not waiting.can_move:
        return f"{waiting} waits for it in the queue {here} already"
    new = await move(client, waiting.run, wanted, again=True)
    return f"run {new.id} waits for it in the queue {queue_of(wanted)}" if new else ""
