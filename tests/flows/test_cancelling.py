"""Reviews that somebody ends: the work ends with the run, and the check says why."""

from __future__ import annotations

import asyncio
import signal

import pytest
from prefect import get_client
from prefect.states import Cancelling

from tests.flows.shop import OURS, alive, runs_of, wait_until

MOST = 5
"""Seconds until the tools of a cancelled run are gone."""


def cancel(name: str) -> None:
    """Cancel the run of a repository's pull request as people do it in Prefect."""
    (run,) = runs_of(name)

    async def ask():
        async with get_client() as client:
            await client.set_flow_run_state(run.id, Cancelling(message="not today"))

    asyncio.run(ask())


def test_a_person_who_cancels_it_ends_the_work_and_the_check_says_so(shop, slow, at_work):
    cancel(shop.name)

    assert wait_until(lambda: not alive(int(slow.read_text())), 30) < MOST
    out, err = at_work.communicate(timeout=20)
    assert at_work.returncode == 2, (out, err)
    assert "not today" in err
    assert "mistake of ours" not in err
    assert shop.conclusion() == ("completed", "action_required")
    assert "not today" in shop.check().output["title"]
    assert (shop.pull.comments, shop.pull.reviews) == ([], [])
    assert [run.state.name for run in runs_of(shop.name)] == ["Cancelled"]


@pytest.mark.slow
def test_the_run_of_a_worker_ends_as_fast_and_says_so_too(shop, slow, deployed):
    run = deployed.make(only=("test_coverage",), policy=OURS, cache=False)
    process = deployed.execute(run)
    wait_until(lambda: slow.exists() or process.poll() is not None, 60)
    cancel(shop.name)

    assert wait_until(lambda: not alive(int(slow.read_text())), 30) < MOST
    out, _ = process.communicate(timeout=60)
    assert [run.state.name for run in runs_of(shop.name)] == ["Cancelled"], out
    assert shop.conclusion() == ("completed", "action_required"), out
    assert (shop.pull.comments, shop.pull.reviews) == ([], [])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_the_command_leaves_no_tool_and_no_check_that_seems_to_run(
    shop, slow, at_work, how
):
    at_work.send_signal(how)
    out, err = at_work.communicate(timeout=30)

    assert at_work.returncode in {130, -signal.SIGTERM}, (out, err)
    assert not alive(int(slow.read_text()))
    assert shop.conclusion() == ("completed", "action_required")
    assert "interrupted" in shop.check().output["title"]
