"""Only these tests and those of deployments need a Prefect server; one is started a session."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from prefect.settings import (
    PREFECT_HOME,
    PREFECT_LOCAL_STORAGE_PATH,
    PREFECT_LOGGING_TO_API_BATCH_INTERVAL,
    PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW,
)

from deployments.server import Server
from tests.flows.deployed import Deployed
from tests.flows.shop import SLOWLY, Shop, end, wait_until
from tests.tables import folder_with_tables
from tests.talking import talking_to


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server a user would have, in a data folder of this session's own."""
    server = Server(folder_with_tables("home", tmp_path_factory))
    server.ensure()
    yield server
    server.stop()


@pytest.fixture(autouse=True, scope="session")
def prefect(server):
    """Let everything in this process talk to that server."""
    home = server.folder / "prefect"
    with talking_to(
        server.url,
        {
            PREFECT_HOME: home,
            PREFECT_LOCAL_STORAGE_PATH: home / "storage",
            PREFECT_LOGGING_TO_API_BATCH_INTERVAL: 0.2,
            PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore",
        },
    ):
        os.environ["PREFECT_API_URL"] = server.url
        yield
        del os.environ["PREFECT_API_URL"]


@pytest.fixture
def shop(github, project, monkeypatch, tmp_path):
    """A repository on a GitHub, whose pull request is to be opened and reviewed."""
    for name in ("GH_TOKEN", "GITHUB_GRAPHQL_URL", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    ours = {
        "REVIEW_HOME": str(tmp_path / "home"),
        "GITHUB_API_URL": github.api_url,
        "GITHUB_TOKEN": "",
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    # of a name of its own: what one test dismisses for ever is not dismissed for the next
    return Shop(github, project, tmp_path, f"acme/shop-{uuid4().hex[:8]}")


@pytest.fixture
def deployed(shop):
    """The review as a deployment, whose runs are executed in processes of their own."""
    deployed = Deployed(shop)
    yield deployed
    end(*deployed.processes)


@pytest.fixture
def slow(shop):
    """Open its pull request with a test that goes on and on; return where its pid will be."""
    return shop.open_slow()


@pytest.fixture
def at_work(shop, slow):
    """A review in a process of its own, whose tools are at work."""
    process = shop.process(*SLOWLY)
    wait_until(lambda: slow.exists() or process.poll() is not None, 60)
    assert process.poll() is None, process.communicate()
    yield process
    end(process)
