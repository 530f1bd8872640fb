"""Only these tests and those of deployments need a Prefect server; one is started a session."""

from __future__ import annotations

import os

import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOCAL_STORAGE_PATH,
    PREFECT_LOGGING_TO_API_BATCH_INTERVAL,
    PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW,
    temporary_settings,
)

from deployments.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server a user would have, in a data folder of this session's own."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.ensure()
    yield server
    server.stop()


@pytest.fixture(autouse=True, scope="session")
def prefect(server):
    """Let everything in this process talk to that server."""
    home = server.folder / "prefect"
    with temporary_settings(
        {
            PREFECT_API_URL: server.url,
            PREFECT_HOME: home,
            PREFECT_LOCAL_STORAGE_PATH: home / "storage",
            PREFECT_LOGGING_TO_API_BATCH_INTERVAL: 0.2,
            PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore",
        }
    ):
        os.environ["PREFECT_API_URL"] = server.url
        yield
        del os.environ["PREFECT_API_URL"]
