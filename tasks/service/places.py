"""Where each review stands that waits for a slot, read and computed on the spot."""

from __future__ import annotations

import time
from collections.abc import Mapping

from prefect.client.orchestration import PrefectClient

from blocks.queue import DEFAULT, ReviewQueue
from tasks.core.queueing.positions import Position, positions
from tasks.service.history import remember
from tasks.service.view import Known, look


async def settings(client: PrefectClient) -> ReviewQueue:
    """Return how slots are given, as people have set it."""
    try:
        return await ReviewQueue.aload(DEFAULT, client=client)
    except (ValueError, RuntimeError):  # Prefect's words for none, and for one that is not valid
        return ReviewQueue()


async def places(client: PrefectClient) -> Mapping[str, Position]:
    """Return where each review stands that waits for a slot, by its run's id; the next first."""
    view = await look(client, Known())
    if not view.waiting:
        return {}
    policy = (await settings(client)).policy
    served = (await remember(client, policy)).served
    found = positions(view.waiting, view.running, policy, time.time(), served)
    return {one.run: one for one in found}
