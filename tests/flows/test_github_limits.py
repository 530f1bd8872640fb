"""Rate limits, as a review meets them: it says how long it waits and why, and goes on."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest
from prefect import get_client
from prefect.states import AwaitingRetry

from tests.flows.shop import Heard, runs_of, states_of


@pytest.mark.parametrize("how", ["rate_secondary_403", "rate_secondary_429"])
@pytest.mark.parametrize("path", ["check-runs$", "reviews$", "graphql"])
def test_a_run_that_waits_says_so_in_its_state_and_goes_on_once(shop, how, path):
    pull = shop.open()
    shop.github.fault("POST", path, how=how, retry_after=2)
    heard = Heard()

    state = shop.review(heard)

    assert state.name == "Completed"
    assert shop.said_once(pull.head_sha)
    assert shop.conclusion() == ("completed", "failure")
    (run,) = runs_of(shop.name)
    names = [name for name, _ in states_of(run.id)]
    assert names.count("WaitingForGitHub") == 1
    waiting = dict(states_of(run.id))["WaitingForGitHub"]
    assert waiting == "GitHub asks us to slow down (secondary rate limit); it goes on in 2 s"
    assert waiting in heard.lines
    assert names[names.index("WaitingForGitHub") + 1] == "Running"


@pytest.mark.slow
def test_a_long_limit_is_waited_out_where_nobody_would_run_it_again(shop):
    pull = shop.open()
    shop.github.fault("POST", "reviews$", how="rate_primary", retry_after=63)  # more than a minute
    heard = Heard()
    began = time.monotonic()

    state = shop.review(heard)

    assert time.monotonic() - began > 60
    assert state.name == "Completed"
    assert shop.said_once(pull.head_sha)
    assert any("it goes on in" in line for line in heard.lines)


def test_a_deployed_run_frees_its_place_for_a_long_limit_and_says_the_rest_later(shop, deployed):
    pull = shop.open()
    run = deployed.make()
    shop.github.fault("POST", "reviews$", how="rate_primary", retry_after=20 * 60)

    out, _ = deployed.execute(run).communicate(timeout=90)

    (found,) = runs_of(shop.name)
    assert (found.state.name, found.state.type.value) == ("AwaitingRetry", "SCHEDULED"), out
    assert "it goes on in 20 min" in found.state.message
    left = found.state.state_details.scheduled_time.timestamp() - time.time()
    assert 18 * 60 < left < 20 * 60
    assert pull.reviews == []

    asyncio.run(_now(run))
    out, _ = deployed.execute(run).communicate(timeout=90)

    (found,) = runs_of(shop.name)
    assert found.state.name == "Completed", out
    assert shop.said_once(pull.head_sha)
    assert shop.conclusion() == ("completed", "failure")


async def _now(run):
    """Do as if its time had come."""
    async with get_client() as client:
        state = AwaitingRetry(scheduled_time=datetime.now(UTC))
        await client.set_flow_run_state(run, state, force=True)
