"""What tests ask the server about reviews, and runs that nobody executes."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from prefect import get_client
from prefect.client.schemas.objects import FlowRun, State

from flows.pr_review import review_pull_request


def ask(act):
    """What is to be had from the server: the result of ``act``, which is given a client."""

    async def asking():
        async with get_client() as client:
            return await act(client)

    return asyncio.run(asking())


def queued(
    state: State[Any], number: int = 1, *, repository: str = "", deployed: bool = True
) -> FlowRun:
    """A run in a state: a worker's, or the command line's. Its repository is its own, unless one
    is named."""
    name = repository or f"acme/till-{uuid4().hex[:8]}"
    parameters = {"repository": name, "number": number}

    async def asking(client):
        flow = await client.create_flow(review_pull_request)
        if deployed:
            deployment = await client.create_deployment(
                flow, uuid4().hex, entrypoint="flows.pr_review.review_pull_request"
            )
            run = await client.create_flow_run_from_deployment(
                deployment, parameters=parameters, tags=["priority:high"]
            )
        else:
            run = await client.create_flow_run(review_pull_request, parameters=parameters)
        answer = await client.set_flow_run_state(run.id, state, force=True)
        assert answer.state.name == state.name
        return await client.read_flow_run(run.id)

    return ask(asking)
