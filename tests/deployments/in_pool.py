"""The service's pool on the server of the command, with nobody at work but the test."""

from __future__ import annotations

import asyncio

from prefect import get_client

from deployments.server import Server
from tests.flows.pool import Pool
from tests.talking import talking_to


def acting(data, act, *, slots=2):
    """Act on the pool of that server, after everything in it was removed; returns the result."""

    async def on_pool(client):
        return await act(await Pool.empty(client, slots=slots))

    return asking(data, on_pool)


def asking(data, act):
    """Act by a client of that server; returns the result."""
    server = Server(data)
    server.ensure()

    async def on_client():
        async with get_client() as client:
            return await act(client)

    with talking_to(server.url):
        return asyncio.run(on_client())
