"""What each process of a service on many machines is told; for people: docs/many-machines.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployments.server import SETTINGS
from deployments.warm import environment

SHARED: Mapping[str, str] = {
    # what happened reaches the services, whichever replica was told
    "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
    "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
    # each process of the server would migrate and register blocks; it is done once before
    "PREFECT_API_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}
"""What makes several server processes one server."""

WORKING: Mapping[str, str] = {
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "15",
    # a replica that dies is away for seconds: ask again, for half a minute
    "PREFECT_CLIENT_MAX_RETRIES": "10",
    # 500 is what a replica answers to a change of state while Redis is away: it is not made then
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500,502,504",
}
"""What every worker is told, beside where things are, and what makes its runs start soon."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the shared parts are: the stores, the API, and the folder of results."""

    database: str
    redis: str
    api: str
    results: Path

    def of_server(self, home: Path) -> dict[str, str]:
        """Return the environment of an API replica, or of the background services."""
        return {
            **_outside(),
            **SETTINGS,
            **SHARED,
            "PREFECT_HOME": str(home),
            "PREFECT_API_DATABASE_CONNECTION_URL": self.database,
            "PREFECT_REDIS_MESSAGING_URL": self.redis,
            "PREFECT_SERVER_DOCKET_URL": self.redis,
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_UI_API_URL": self.api,
        }

    def of_machine(self, home: Path) -> dict[str, str]:
        """Return the environment of a worker on a machine: its data folder is its own."""
        soon = environment(home)  # the API is ours, and speaks plain HTTP
        return {**_outside(), **soon, **self.client(home), **WORKING, "REVIEW_HOME": str(home)}

    def client(self, home: Path) -> dict[str, str]:
        """Return what whoever submits reviews needs to know."""
        return {
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_LOCAL_STORAGE_PATH": str(self.results),
        }


def _outside() -> dict[str, str]:
    """Return our own environment without anybody's settings and tokens."""
    not_ours = ("PREFECT", "REVIEW", "GITHUB_", "GH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(not_ours)}
    tools = str(Path(sys.executable).parent)  # and the interpreter that deployments name
    return {**kept, "PATH": f"{tools}{os.pathsep}{kept.get('PATH', os.defpath)}"}
