"""Make a service of a cluster: its objects, its deployments, somebody to give slots, workers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from blocks.queue import ReviewQueue
from deployments.cluster.cluster import Cluster
from deployments.service.declared import declared
from deployments.service.deploying import deploy
from tasks.core.queueing.queues import SERVICE_PLACES
from tasks.service import dispatchers
from tasks.service.objects import ensure_objects


@contextmanager
def serving(
    cluster: Cluster, *, workers: int, slots: int, github: Block | None = None
) -> Iterator[None]:
    """Have the service, and be its client. ``github`` is how it connects, where it is not told.

    Each worker could fill all slots, so that one that is left does all the work.
    """
    home = cluster.folder / "client"
    with temporary_settings({PREFECT_API_URL: cluster.places.api, PREFECT_HOME: home}):
        asyncio.run(deploy_all(slots, github))
        for number in range(1, workers + 1):
            cluster.machine(number, limit=slots + SERVICE_PLACES)
        yield


async def deploy_all(slots: int, github: Block | None) -> None:
    """Have all of the service on the server that the settings name, and begin to give slots."""
    async with get_client() as client:
        await ensure_objects(client, ReviewQueue(slots=slots))
        if github:
            await github.save("default", overwrite=True, client=client)
        for one in declared():
            await deploy(client, one)
        await dispatchers.begin(client)
