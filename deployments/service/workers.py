"""Prefect's own process workers, with settings under which a review begins soon."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from deployments import warm
from deployments.server import Server
from deployments.service.child import Child
from deployments.service.record import Record
from deployments.webhook.secret_file import VARIABLE
from tasks.core.queueing.queues import POOL, SERVICE_PLACES

SETTINGS = {
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "15",  # the server calls it offline after three
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",  # that is its log file
}
"""What ours are told, where nobody has said otherwise."""

ELSEWHERE = {
    "PREFECT_CLIENT_MAX_RETRIES": "10",
    # replicas say these while Redis, the database or one of them is away: docs/many-machines.md
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500,502,504",
}
"""What they are told as well where the server is somebody else's, behind whatever that is."""


def environment(server: Server) -> dict[str, str]:
    """Return the environment in which the service's processes talk to the server."""
    elsewhere = ELSEWHERE if server.given else {}
    usual = {**warm.environment(server.folder, server.given), **SETTINGS, **elsewhere}
    said = {
        name: value
        for name, value in os.environ.items()
        # the webhook's secret is the webhook's only: runs have this environment, too
        if not name.startswith("PREFECT__") and name != VARIABLE
    }
    return {
        **said,
        **server.client_settings(),
        **{name: said.get(name, value) for name, value in usual.items()},
        "REVIEW_HOME": str(server.folder),
        # the deployments' command is to find the Python that has our code
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
    }


def worker(number: int, limit: int, server: Server, record: Record) -> Child:
    """Return a worker; it takes ``limit`` reviews at once, or as many as the pool has places."""
    name = f"{socket.gethostname()}-{number}"
    start = [sys.executable, "-P", "-m", "prefect", "worker", "start"]
    options = ["--pool", POOL, "--type", "process", "--name", name]
    if limit:
        options += ["--limit", str(limit + SERVICE_PLACES)]
    return Child(
        f"worker {name}", (*start, *options), environment(server), record.logs / f"{number}.log"
    )
