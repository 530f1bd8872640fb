"""One server for the tests of warm starts, and one folder of warm parents."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_HOME

from deployments.server import Server
from deployments.warm import end_all
from deployments.warm.stamp import PACKAGES, ROOT
from tests.deployments.warm.driver import PROBE, Warm
from tests.tables import folder_with_tables
from tests.talking import talking_to

NOT_ACTIVATED = "/usr/bin:/bin"
"""A PATH without a Python of ours, as it is for a worker that is started by its full path."""


@pytest.fixture(scope="module")
def warm_server(tmp_path_factory) -> Iterator[Server]:
    server = Server(folder_with_tables("warm", tmp_path_factory))
    server.ensure()
    yield server
    end_all(server.folder)
    server.stop()


@pytest.fixture(autouse=True)
def settings(warm_server) -> Iterator[None]:
    """Let this process talk to that server, in these tests only."""
    home = warm_server.folder / "prefect"
    with talking_to(warm_server.url, {PREFECT_HOME: home}):
        yield


@pytest.fixture(scope="session")
def warm_code(tmp_path_factory) -> Path:
    """A copy of our code, as it is now: who edits the checkout makes no new parents here."""
    folder = tmp_path_factory.mktemp("code")
    for package in PACKAGES:
        shutil.copytree(Path(ROOT) / package, folder / package)
    return folder


@pytest.fixture
def copy(warm_code, tmp_path) -> Path:
    """A copy of our code that a test may change; Python finds it where PYTHONPATH names it."""
    return shutil.copytree(warm_code, tmp_path / "copy")


@pytest.fixture
def warm(warm_server, warm_code, tmp_path) -> Iterator[Warm]:
    (tmp_path / "probe.py").write_text(PROBE)
    not_theirs = ("PREFECT", "REVIEW", "COV", "PYTHONDONT")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(not_theirs)}
    settings = warm_server.client_settings()
    ours = {"REVIEW_HOME": str(warm_server.folder), "PYTHONPATH": str(warm_code)}
    ours["PATH"] = NOT_ACTIVATED
    environment = {**kept, **settings, **ours}
    warm = Warm(warm_server, tmp_path, environment)
    yield warm
    for started in warm.started:
        if started.process.poll() is None:
            started.process.kill()
            started.process.communicate()
