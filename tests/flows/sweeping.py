"""What a sweep submits to, on the session's server, and what it has submitted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun

from flows.pr_review import review_pull_request
from flows.sweep import sweep
from tasks.core.queueing.queues import POOL
from tasks.service.objects import ensure_objects
from tests.flows.asked import ask
from tests.flows.shop import QUICK


def serve() -> None:
    """Make the pool and the deployment of reviews."""

    async def make(client):
        await ensure_objects(client)
        flow = await client.create_flow(review_pull_request)
        await client.create_deployment(
            flow,
            "on-pull-request",
            work_pool_name=POOL,
            work_queue_name="normal",
            entrypoint="flows.pr_review.review_pull_request",
            parameters={"only": QUICK},
        )

    ask(make)


def sweeping(block: str):
    """Sweep; return the state in which that ended."""
    return asyncio.run(sweep(block, return_state=True))


def runs_of(names: Sequence[str]) -> list[FlowRun]:
    """Return the runs of pull requests, the newest last."""
    which = FlowRunFilter(tags=FlowRunFilterTags(any_=list(names)))
    found = ask(lambda client: client.read_flow_runs(flow_run_filter=which, limit=200))
    return sorted(found, key=lambda run: run.created)
