"""The Prefect server is killed while a review is at work, and comes back a moment later."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from deployments.server import Server
from tests.flows.asked import ask
from tests.flows.shop import OURS, wait_until
from tests.flows.test_watching import again, engine, said_once
from tests.tables import folder_with_tables
from tests.talking import talking_to

AWAY_SECONDS = 8


@pytest.fixture
def mortal(tmp_path_factory, monkeypatch):
    """A server for this test alone: what is killed here, others need."""
    server = Server(folder_with_tables("away", tmp_path_factory))
    server.ensure()
    monkeypatch.setenv("PREFECT_API_URL", server.url)
    with talking_to(server.url):
        yield server
    server.stop()


@pytest.mark.slow
def test_a_review_outlives_the_server_it_is_shown_on(mortal, shop, deployed):
    pid = shop.open_slow()
    run = deployed.make(only=("code_quality", "test_coverage"), policy=OURS, cache=False)
    review = engine(deployed, run)
    wait_until(lambda: pid.exists() or review.poll() is not None, 120)
    known = json.loads((mortal.folder / "server.json").read_text())
    os.kill(known["pid"], signal.SIGKILL)
    (shop.folder / "go").touch()  # its step ends while there is no server
    time.sleep(AWAY_SECONDS)
    mortal.ensure()
    out, _ = review.communicate(timeout=200)
    state = again(run).state
    if state.name == "AwaitingRetry":  # put off: nobody failed, and nothing was said of it
        out, _ = engine(deployed, run).communicate(timeout=120)

    assert review.returncode == 0, out
    assert again(run).state.name == "Completed", out
    assert said_once(shop), out
    assert ask(lambda client: client.hello()).status_code == 200
