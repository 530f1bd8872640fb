"""The runs of one pull request, and what deliveries ask about it, with nobody at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.states import Pending

from tasks.core.inbound.wishes import ReviewHead, Seen, Subject, Wish
from tasks.core.plan import TaskPriority
from tasks.runs import HEAD
from tasks.service.filters import IN_POOL
from tasks.service.inbound import fulfil
from tests.flows.pool import Pool

SHOP = "acme/shop"
PULL = Subject(SHOP, 7)
A, B, C = ("a" * 40, "b" * 40, "c" * 40)
MEDIUM, HIGH, LOW = TaskPriority.MEDIUM, TaskPriority.HIGH, TaskPriority.LOW


def seen(head: str, priority: TaskPriority = MEDIUM, subject: Subject = PULL) -> Seen:
    return Seen(subject, head, datetime.now(UTC), priority, "a push")


@dataclass
class Line:
    """The pull request's runs, and what is asked about it."""

    pool: Pool

    async def ask(self, wish: Wish, delivery: str = "one") -> str:
        return await fulfil(self.pool.client, wish, delivery=delivery)

    async def head(self, head: str, priority: TaskPriority = MEDIUM) -> str:
        return await self.ask(ReviewHead(seen(head, priority)))

    async def runs(self) -> list[FlowRun]:
        """All there ever were in the pool, the oldest first."""
        wanted = FlowRunFilter(name=FlowRunFilterName(like_="acme/"))
        found = await self.pool.client.read_flow_runs(
            flow_run_filter=wanted, work_pool_filter=IN_POOL
        )
        return sorted(found, key=lambda run: run.created)

    async def states(self) -> list[tuple[str, str]]:
        """Each one's queue, and the type of its state."""
        return [(run.work_queue_name, run.state.type.value.title()) for run in await self.runs()]

    async def types(self) -> list[str]:
        return [state for _, state in await self.states()]

    async def begin(self, run: FlowRun, head: str) -> None:
        """Do what the process of a review does until it knows what it reviews."""
        await self.pool.set(run.id, Pending())
        await self.pool.begin(run.id, pulse=True)
        await self.pool.client.update_flow_run(
            run.id, name=f"{SHOP}@{head[:7]}", tags=[*run.tags, f"{HEAD}{head}"]
        )

    async def begun(self, head: str) -> FlowRun:
        """A review that is at work on a head."""
        await self.head(head)
        run = (await self.runs())[-1]
        await self.begin(run, head)
        return run

    async def force(self, run: UUID, state) -> None:
        await self.pool.client.set_flow_run_state(run, state, force=True)

    async def last(self) -> FlowRun:
        return (await self.runs())[-1]
