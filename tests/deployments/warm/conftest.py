"""One server for the tests of warm starts, and one folder of warm parents."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from deployments.server import Server
from tests.deployments.warm.driver import PROBE, Warm


@pytest.fixture(scope="session")
def warm_server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("warm"))
    server.ensure()
    home = server.folder / "prefect"
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_HOME: home}):
        yield server
    for socket in (server.folder / "warm").glob("*.sock"):
        socket.unlink()  # their parents look, and end
    server.stop()


@pytest.fixture
def warm(warm_server, tmp_path) -> Iterator[Warm]:
    (tmp_path / "probe.py").write_text(PROBE)
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW", "COV"))}
    settings = warm_server.client_settings()
    environment = {**kept, **settings, "REVIEW_HOME": str(warm_server.folder)}
    warm = Warm(warm_server, tmp_path, environment)
    yield warm
    for started in warm.started:
        if started.process.poll() is None:
            started.process.kill()
            started.process.communicate()
