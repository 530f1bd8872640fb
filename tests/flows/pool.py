"""The service's work pool on the tests' server, and a hand that does what a worker does."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.sorting import ArtifactSort
from prefect.states import Completed, Pending, Running

from blocks.queue import ReviewQueue
from flows.dispatching import Dispatcher
from flows.pr_review import review_pull_request
from flows.reconcile import reconcile
from tasks.core.plan import TaskPriority
from tasks.core.queueing.dealing import Deal
from tasks.core.queueing.marks import OWNER, PULSE
from tasks.core.queueing.queues import POOL, QUEUES, RANKS, priority_of
from tasks.core.queueing.vigil import Vigil
from tasks.service.dispatchers import live_dispatchers
from tasks.service.filters import IN_POOL
from tasks.service.objects import ensure_objects
from tasks.service.submit import submit
from tasks.service.view import View, look


@dataclass
class Pool:
    """Reviews in the pool by a few letters, as ``"a/1 high"``, and who gives them slots."""

    client: PrefectClient
    dispatcher: Dispatcher
    runs: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def empty(cls, client: PrefectClient, **settings: Any) -> Pool:
        """The pool with nothing in it."""
        queue = ReviewQueue(**{"slots": 2, "restart_cost_seconds": 0, **settings})
        await ensure_objects(client, queue)
        flow = await client.create_flow(review_pull_request)
        await client.create_deployment(
            flow,
            "on-pull-request",
            work_pool_name=POOL,
            work_queue_name="normal",
            entrypoint="flows.pr_review.review_pull_request",
        )
        left = [
            *await client.read_flow_runs(work_pool_filter=IN_POOL),
            *await live_dispatchers(client),
        ]
        await asyncio.gather(
            *(client.delete_flow_run(run.id) for run in {run.id: run for run in left}.values())
        )
        itself = await client.create_flow_run(reconcile)
        log = logging.getLogger("tests.dispatcher")
        return cls(client, Dispatcher(client, itself.id, log, policy=queue.policy))

    async def submit(self, *said: str) -> None:
        """Submit reviews: ``"a/1 high"`` is number 1 of acme/a, in the queue high."""
        for one in said:
            name, _, queue = one.partition(" ")
            repository, _, number = name.partition("/")
            priority = priority_of(queue or QUEUES[TaskPriority.MEDIUM])
            run = await submit(self.client, f"acme/{repository}", int(number), priority=priority)
            self.runs[name] = run.id

    async def offered(self, later: float = 10) -> list[str]:
        """What the server gives a worker that asks for what is due by then."""
        scheduled = await self.client.get_scheduled_flow_runs_for_work_pool(
            POOL, work_queue_names=list(RANKS), scheduled_before=self.later(later)
        )
        names = {run: name for name, run in self.runs.items()}
        return [names[found.flow_run.id] for found in scheduled]

    async def work(self, *, pulse: bool = True) -> list[str]:
        """Do what a worker does: take what the server gives it, and start it."""
        taken = await self.offered()
        for name in taken:
            await self.set(name, Pending())
            await self.begin(self.runs[name], pulse=pulse)
        return taken

    async def begin(self, run: UUID, *, pulse: bool) -> None:
        """Do what the process of a review does at its beginning."""
        await self.set(run, Running())
        if pulse:
            await self.client.update_flow_run_labels(run, {OWNER: uuid4().hex, PULSE: uuid4().hex})

    async def end(self, *names: str) -> None:
        for name in names:
            await self.set(self.runs[name], Completed())

    async def set(self, run: UUID | str, state: State) -> None:
        id_ = self.runs[run] if isinstance(run, str) else run
        answer = await self.client.set_flow_run_state(id_, state)
        assert answer.status.value == "ACCEPT", answer

    async def force(self, name: str, state: State) -> None:
        """Set a state whose time has not come."""
        await self.client.set_flow_run_state(self.runs[name], state, force=True)

    async def run(self, name: str) -> FlowRun:
        return await self.client.read_flow_run(self.runs[name])

    async def state(self, name: str) -> str:
        """The name of the state of a review."""
        run = await self.run(name)
        return run.state.name if run.state else ""

    async def states(self) -> dict[str, str]:
        return {name: await self.state(name) for name in self.runs}

    async def history(self, name: str) -> list[State]:
        return await self.client.read_flow_run_states(self.runs[name])

    async def why(self, name: str) -> str:
        """What a review says of where it is."""
        run = await self.run(name)
        return (run.state.message if run.state else None) or ""

    async def logged(self, name: str, text: str) -> bool:
        """Whether a line of its log says this."""
        wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[self.runs[name]]))
        return any(text in log.message for log in await self.client.read_logs(wanted))

    async def seen(self, later: float = 0) -> tuple[View, Deal]:
        """What the dispatcher sees, as if so many seconds had passed, and would do."""
        view = await look(self.client, self.dispatcher.known)
        for run in view.runs.values():
            if run.state and later:
                run.state.timestamp -= timedelta(seconds=later)
        return view, self.dispatcher.decide(view)

    async def table(self, key: str) -> list[dict[str, str]]:
        """The rows of the newest artifact of this key."""
        wanted = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        found = await self.client.read_artifacts(
            artifact_filter=wanted, sort=ArtifactSort.CREATED_DESC, limit=1
        )
        return json.loads(str(found[0].data))

    def pass_by(self, seconds: float, *, own: bool = True) -> None:
        """Let the dispatcher have watched for so many seconds, its own pulse moving or not."""
        vigil = self.dispatcher.vigil
        seen = {run: replace(one, since=one.since - seconds) for run, one in vigil.seen.items()}
        if own:
            itself = str(self.dispatcher.run)
            seen[itself] = replace(seen[itself], since=vigil.at)
        self.dispatcher.vigil = Vigil(seen, time.monotonic())
        self.dispatcher._surveyed = 0.0

    @staticmethod
    def later(seconds: float) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)
