"""``review doctor``: look at everything that reviews need; each thing is green, or what to do."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.server import Server, healthy

if TYPE_CHECKING:
    from tasks.core.doctor import Check

IMPATIENT = {"PREFECT_CLIENT_MAX_RETRIES": "0", "PREFECT_API_REQUEST_TIMEOUT": "20"}
"""What does not answer at once is what we look for."""

SEEN_THERE = ("database", "queues", "dispatcher", "workers", "slots")


def run(said: argparse.Namespace) -> int:
    """Look, and say it; return 0, or 1 where something is broken."""
    from deployments.command.terminal import print_text
    from tasks.core.doctor import as_json, as_text, works
    from tasks.service.doctor import machine

    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its retries are not what was asked
    server = Server.of_environment()
    checks = [*machine(server.folder), *_service(server)]
    print_text((as_json if said.format == "json" else as_text)(checks))
    return 0 if works(checks) else 1


def _service(server: Server) -> list[Check]:
    """Return what was seen of the server, and of GitHub with what it keeps."""
    from tasks.core.doctor import broken, unseen

    if server.url and healthy(server.url):
        return _through(server)
    from tasks.service.doctor_github import github

    given = f"none answers at PREFECT_API_URL={server.given}"
    where = given if server.given else f"none runs in {server.folder}"
    todo = "start it, or unset the variable" if server.given else "`review up` starts the service"
    why = "there is no server"
    return [
        broken("server", where, todo),
        *(unseen(what, why) for what in SEEN_THERE),
        *github(None),
    ]


def _through(server: Server) -> list[Check]:
    """Return what a server that answers lets us see."""
    from deployments.command import startup

    client = Path(server.folder) if _writable(server.folder) else None
    if client:
        os.environ.update(startup.client_settings(server.given, client))
    os.environ.update(server.client_settings() | IMPATIENT)
    from tasks.service.doctor_github import github

    checks, known = asyncio.run(_ask(server))
    return [*checks, *github(known)]


async def _ask(server: Server) -> tuple[list[Check], tuple[tuple[str, str], ...] | None]:
    """Return what was seen until the server failed, and the connections that it keeps."""
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    from tasks.core.doctor import broken
    from tasks.service.doctor_github import connections
    from tasks.service.doctor_service import service

    file = None if server.given else server.folder / "prefect" / "prefect.db"
    checks: list[Check] = []
    try:
        async with get_client() as client:
            async for check in service(client, file):
                checks.append(check)  # noqa: PERF401 - what there was before it failed is kept
            return checks, await connections(client)
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        seen = f"it failed at a question: {type(error).__name__}: {error}"
        log = "its log" if server.given else f"{server.folder / 'server.log'}"
        checks.append(broken("its answers", seen, f"see {log}; a full disk is a usual reason"))
    return checks, None


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)
