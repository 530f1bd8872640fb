"""Small reviews of a deployment with a pool of its own: one at a time, and many queued."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.workers.process import ProcessWorker


class Started(NamedTuple):
    """Seconds from created until the run was Running, and until its first step was."""

    running: float
    first_step: float


class Load(NamedTuple):
    """Seconds until all had ended, and the most memory (PSS, MB) that their processes had."""

    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Reviews:
    """The local review as a deployment, and what it is asked about."""

    pool: str
    deployment: UUID
    asked: Mapping[str, Any]

    @classmethod
    def deployed(cls, pool: str, repository: str, variables: dict[str, str]) -> Reviews:
        """Make a work pool of this name, and the deployment in it."""
        from flows.change_review import review_change

        template = ProcessWorker.get_default_base_job_template()

        async def deploy() -> UUID:
            async with get_client() as client:
                await client.create_work_pool(
                    WorkPoolCreate(name=pool, type="process", base_job_template=template)
                )
                return await client.create_deployment(
                    await client.create_flow(review_change),
                    pool,
                    work_pool_name=pool,
                    job_variables=variables,
                    entrypoint="flows.change_review.review_change",
                    pull_steps=[],
                )

        asked = {"name": "bench", "repository": repository, "base": "HEAD~1", "head": "HEAD"}
        small = {"only": ["config_validation"], "cache": False}
        return cls(pool, asyncio.run(deploy()), {**asked, **small})

    def one(self) -> Started:
        """Have one review made, and wait for its end."""
        return asyncio.run(self._one())

    async def _one(self) -> Started:
        async with get_client() as client:
            run = await client.create_flow_run_from_deployment(
                self.deployment, parameters=dict(self.asked)
            )
            while not (run.state and run.state.is_final()):
                await asyncio.sleep(0.1)
                run = await client.read_flow_run(run.id)
            if not (run.state.is_completed() and run.start_time and run.created):
                raise SystemExit(f"a review did not end well: {run.state}")
            its = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
            steps = []
            while not steps:  # the server writes task runs down a second later
                await asyncio.sleep(0.5)
                found = await client.read_task_runs(flow_run_filter=its)
                steps = [step.start_time for step in found if step.start_time]
            first = min(steps) - run.created
            return Started((run.start_time - run.created).total_seconds(), first.total_seconds())

    def many(self, count: int, folder: str, *, leave_out: int) -> Load:
        """Queue reviews while the pool is paused, let them go, and wait until all have ended.

        The memory is that of processes with this data folder in their environment, but for one.
        """
        return asyncio.run(self._many(count, f"REVIEW_HOME={folder}".encode(), leave_out))

    async def _many(self, count: int, mark: bytes, leave_out: int) -> Load:
        async with get_client() as client:
            await client.update_work_pool(self.pool, WorkPoolUpdate(is_paused=True))
            made = [
                await client.create_flow_run_from_deployment(
                    self.deployment, parameters=dict(self.asked)
                )
                for _ in range(count)
            ]
            ended = FlowRunFilter(
                id=FlowRunFilterId(any_=[run.id for run in made]),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])),
            )
            ours = DeploymentFilter(id=DeploymentFilterId(any_=[self.deployment]))
            most, began = 0.0, time.perf_counter()
            await client.update_work_pool(self.pool, WorkPoolUpdate(is_paused=False))
            done = 0
            while done < count:
                await asyncio.sleep(0.5)
                most = max(most, _memory(mark, leave_out))
                done = len(
                    await client.read_flow_runs(flow_run_filter=ended, deployment_filter=ours)
                )
            return Load(time.perf_counter() - began, most)


def _memory(mark: bytes, leave_out: int) -> float:
    """Return the megabytes (PSS) of the processes with a mark in their environment."""
    total = 0
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != leave_out:
            with contextlib.suppress(OSError):  # it has just ended
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    rows = (place / "smaps_rollup").read_text(encoding="ascii").splitlines()
                    total += next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total / 1024
