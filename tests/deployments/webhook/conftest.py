"""One webhook for the tests that only look at its answers, on the server of the command."""

from __future__ import annotations

import pytest

from deployments.server import Server
from tests.deployments.webhook.hooking import Hook


@pytest.fixture(scope="module")
def hook(data, tmp_path_factory):
    """A webhook in a data folder of its own; the Prefect server is that of the command."""
    server = Server(data)
    server.ensure()
    hook = Hook(tmp_path_factory.mktemp("webhook"), {"PREFECT_API_URL": server.url})
    yield hook.start()
    assert hook.stop() == 0


@pytest.fixture
def own(tmp_path):
    """A webhook with a server of its own, not started yet."""
    hook = Hook(tmp_path / "own")
    yield hook
    if hook.process and hook.process.poll() is None:
        hook.stop()
    Server(hook.home).stop()
