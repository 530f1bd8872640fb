"""Asks Prefect whether what is accepted would be dealt with, and how the service does."""

from __future__ import annotations

import time

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import WorkerStatus
from prefect.exceptions import ObjectNotFound

from tasks.core.queueing.queues import POOL
from tasks.core.service_prometheus import as_prometheus
from tasks.errors import ReviewError
from tasks.service.status import service_status


async def missing(client: PrefectClient) -> tuple[str, ...]:
    """Return what is missing for reviews to be made, a sentence each."""
    try:
        await client.request("GET", "/ready")
    except httpx.HTTPStatusError as error:
        code = error.response.status_code
        return (f"Prefect's database: {client.api_url}ready answers {code}",)
    except httpx.HTTPError as error:
        return (f"Prefect: {client.api_url} does not answer ({type(error).__name__})",)
    try:
        workers = await client.read_workers_for_work_pool(POOL)
    except ObjectNotFound:
        return (f"workers: there is no work pool {POOL}; `review up` makes it",)
    except httpx.HTTPError as error:
        return (f"Prefect: {client.api_url} does not answer ({type(error).__name__})",)
    if not any(one.status is WorkerStatus.ONLINE for one in workers):
        return (f"workers: none of the pool {POOL} gives signs of life",)
    return ()


async def figures() -> str:
    """Return what `review status --format prometheus` says; nothing where there is no service."""
    try:
        return as_prometheus(await service_status(), time.time())
    except (ReviewError, httpx.HTTPError):
        return ""
