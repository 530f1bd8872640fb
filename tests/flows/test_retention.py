"""Old runs on a real server: gone with what hangs on them, and nothing that has not ended."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import uuid4

import pytest
from prefect import flow, get_client
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Failed, Paused, Running, Scheduled

from flows.pr_review import review_pull_request
from flows.retention import retain
from tasks.core.queueing.marks import OWNER, PULSE
from tasks.service.old_runs import free_runs, oldest_live
from tests.flows.asked import ask, queued


@pytest.fixture
def ours():
    """A flow of a name of its own, and a run of it in each of these states."""

    @flow(name=f"old-{uuid4().hex[:8]}")
    async def old():
        pass

    def runs(*states):
        async def make(client):
            made = [await client.create_flow_run(old) for _ in states]
            for run, state in zip(made, states, strict=True):
                await client.set_flow_run_state(run.id, state, force=True)
            return [run.id for run in made]

        return ask(make)

    return old.name, runs


def left(ids):
    """Those of the runs that the server still has."""

    async def look(client):
        found = []
        for one in ids:
            with contextlib.suppress(ObjectNotFound):
                found.append((await client.read_flow_run(one)).id)
        return found

    return ask(look)


def freed(name, *, days=0.0, dry=False):
    return ask(lambda client: free_runs(client, [name], days, dry=dry))


def test_what_has_not_ended_stays_however_old_it_is(ours):
    name, runs = ours
    ids = runs(Scheduled(), Running(), Paused())
    assert freed(name).removed == 0
    assert left(ids) == ids


def test_what_ended_goes_after_its_days_and_not_before(ours):
    name, runs = ours
    ids = runs(*[Completed(), Failed()] * 30)
    live = runs(Running())

    assert freed(name, days=1).removed == 0
    assert freed(name, dry=True).removed == 60
    assert len(left(ids)) == 60

    assert freed(name).removed == 60
    assert left(ids + live) == live
    assert freed(name).removed == 0


def test_its_artifacts_go_with_a_run_and_nobody_elses():
    @flow(name=f"tells-{uuid4().hex[:8]}")
    async def tells():
        await acreate_markdown_artifact("# Told", key="told")

    async def artifacts(run):
        async with get_client() as client:
            which = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
            return await client.read_artifacts(artifact_filter=which)

    first, second = (asyncio.run(tells(return_state=True)) for _ in range(2))
    gone, stays = (one.state_details.flow_run_id for one in (first, second))
    ask(lambda client: client.set_flow_run_state(stays, Running(), force=True))
    assert asyncio.run(artifacts(gone))

    assert freed(tells.name).said.startswith("and 1 artifacts")

    assert asyncio.run(artifacts(gone)) == []
    assert asyncio.run(artifacts(stays))


def test_results_of_a_run_that_waits_are_older_than_nothing():
    before = ask(oldest_live)
    run = queued(Paused())
    assert ask(oldest_live) <= run.created.timestamp()
    assert ask(oldest_live) <= before + 3600


def test_the_flow_says_what_it_removed_and_dry_what_it_would(tmp_path, monkeypatch):
    monkeypatch.setenv("REVIEW_HOME", str(tmp_path))
    waits = queued(Scheduled())

    dry = asyncio.run(retain(dry_run=True, return_state=True))
    assert dry.message.startswith("would remove 0 runs, and ")

    done = asyncio.run(retain(runs_days=0, return_state=True))
    itself = done.state_details.flow_run_id
    labels = ask(lambda client: client.read_flow_run(itself)).labels
    assert {OWNER, PULSE} <= labels.keys(), "a dead one would keep its place for ever"
    assert done.message.startswith("removed 0 runs, and "), "a day is the least"
    assert left([waits.id]) == [waits.id]

    async def told(client):
        which = ArtifactFilter(
            flow_run_id=ArtifactFilterFlowRunId(any_=[done.state_details.flow_run_id])
        )
        (table,) = await client.read_artifacts(artifact_filter=which)
        return table

    table = ask(told)
    assert table.description == "What was removed"
    for what in ("runs", "results", "audits", "scratch folders", "mirrors"):
        assert what in str(table.data)
    assert review_pull_request.name in str(table.data)
