"""What a process knows of its run that has slept meanwhile, and whose connections are gone."""

from __future__ import annotations

from contextvars import copy_context
from urllib.parse import urlsplit

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.logging import get_logger
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES
from prefect.states import Pending, Running

from deployments.cluster.balancer import Balancer
from deployments.cluster.stores import free_ports
from tasks.core.queueing.marks import OWNER
from tasks.pulse import NotOurs, Pulse
from tests.flows.pool import Pool
from tests.talking import talking_to


@pytest.fixture
async def run():
    """The id of a run that is at work."""
    async with get_client() as client:
        pool = await Pool.empty(client)
        await pool.submit("a/1")
        for state in (Pending(), Running()):
            await pool.set("a/1", state)
        return pool.runs["a/1"]


@pytest.fixture
def road(server):
    """What connects to the server; leave it, and all its connections are cut."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/api"
    with talking_to(url, {PREFECT_CLIENT_MAX_RETRIES: 0}):
        yield lambda: Balancer(port, to=[urlsplit(server.url).port])


@pytest.fixture
def pulse(run, road):
    """The pulse of a process that was the run's owner, and has heard so a while ago."""
    with get_client(sync_client=True) as client:
        with road():
            client.update_flow_run_labels(run, {OWNER: "us"})
            logger = get_logger(__name__)
            known = {"deployed": True, "heard": lambda: None, "owner": "us"}
            pulse = Pulse(run, client=client, settings=copy_context(), logger=logger, **known)
            pulse._claimed = True
            assert pulse.look().ours
            pulse._heard_at -= 60
            client.update_flow_run_labels(run, {OWNER: "another"})
        yield pulse


def test_a_connection_that_was_cut_does_not_keep_it_from_hearing_that_the_run_was_taken(
    pulse, road
):
    with road(), pytest.raises(NotOurs, match="another process"):
        pulse.must_be_ours()


def test_while_the_server_is_away_it_may_go_on_but_is_not_sure(pulse):
    pulse.must_be_ours()
    with pytest.raises(httpx.TransportError):
        pulse.must_be_ours(for_sure=True)


def test_to_be_sure_is_to_ask_now(pulse, road):
    with road():
        pulse._heard_at += 60
        pulse.must_be_ours()
        with pytest.raises(NotOurs, match="another process"):
            pulse.must_be_ours(for_sure=True)
