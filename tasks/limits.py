"""How many steps of a resource class run at once, on all machines of a server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists

from tasks.core.plan import TaskDefinition
from tasks.core.policy import ReviewPolicy


async def ensure_limits(policy: ReviewPolicy) -> None:
    """Make the limits that are not there yet, and change those the policy itself sets.

    Others are left as they are: people edit them in the Prefect UI.
    """
    async with get_client() as client:
        there = {
            limit.name: limit.limit
            for limit in await client.read_global_concurrency_limits(limit=200, offset=0)
        }
        said = "limits" in policy.model_fields_set
        for resource, wanted in policy.limits.items():
            if resource.value not in there or (said and there[resource.value] != wanted):
                with contextlib.suppress(ObjectAlreadyExists):  # another review was faster
                    await client.upsert_global_concurrency_limit_by_name(resource.value, wanted)


@contextlib.contextmanager
def place_of(step: TaskDefinition) -> Iterator[None]:
    """Hold a place of the step's resource class, on all machines of this server."""
    if step.resource_class is None:
        yield
        return
    place = concurrency(
        step.resource_class.value,
        occupy=1,
        timeout_seconds=step.timeout_seconds,  # nobody may give it back
    )
    # a server that is away gives no place and takes none: no reason not to look
    try:
        place.__enter__()
    except httpx.TransportError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(httpx.TransportError):
            place.__exit__(None, None, None)
