"""What people do to a review: the server moves its run, or says why not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from prefect.states import (
    AwaitingRetry,
    Cancelled,
    Completed,
    Crashed,
    Failed,
    Pending,
    Running,
    Scheduled,
    Suspended,
)

from flows.change_review import review_change
from tasks.core.queueing.marks import ATTEMPT, ROUND
from tasks.core.state import WorkflowStatus
from tasks.review_moves import MoveRefused, cancel, pause, resume, retry
from tasks.review_state import word_of
from tasks.reviews import looked_at
from tests.flows.asked import ask, queued
from tests.flows.deployed import STEP
from tests.flows.shop import OURS, SLOW, alive, end, wait_until

MOVES = [
    (pause, Running(), WorkflowStatus.PAUSED),
    (resume, Suspended(), WorkflowStatus.PENDING),
    (cancel, Running(), WorkflowStatus.IN_PROGRESS),
    (cancel, Pending(), WorkflowStatus.IN_PROGRESS),
    (cancel, Scheduled(), WorkflowStatus.CANCELLED),
    (cancel, Suspended(), WorkflowStatus.CANCELLED),
    (cancel, AwaitingRetry(), WorkflowStatus.CANCELLED),
    (retry, Failed(), WorkflowStatus.RETRYING),
    (retry, Crashed(), WorkflowStatus.RETRYING),
    (retry, Cancelled(), WorkflowStatus.RETRYING),
]


def named(value):
    return getattr(value, "name", None) or getattr(value, "__name__", None)


@pytest.mark.parametrize(("move", "here", "there"), MOVES, ids=named)
def test_what_people_do_moves_the_run_on_the_server(move, here, there):
    run = queued(here)
    state = ask(lambda client: move(client, run))

    after = ask(lambda client: client.read_flow_run(run.id)).state
    assert (word_of(state), after.name) == (there, state.name)


def test_what_is_tried_again_by_a_person_is_asked_anew_and_its_deaths_are_forgotten():
    run = queued(Failed())
    ask(lambda client: client.update_flow_run_labels(run.id, {ATTEMPT: 3}))
    for _ in range(2):
        ask(partial(retry, run=again(run.id)))
        ask(lambda client: client.set_flow_run_state(run.id, Failed(), force=True))

    labels = again(run.id).labels
    assert (labels[ROUND], labels[ATTEMPT]) == (2, 0)


SOON = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(hours=1))
"""In an hour, so that it is not late meanwhile."""

REFUSED = [
    (pause, SOON, True, "is pending and .* flows that are not currently running"),
    (pause, Suspended(), True, "is paused and"),
    (pause, Running(), False, "Cannot suspend flows without a deployment"),
    (resume, Running(), True, "is in_progress and .* Cannot resume a flow run that is not paused"),
    (cancel, Completed(), True, "is completed and .* already in terminal state COMPLETED"),
    (cancel, Cancelled(), True, "is cancelled and .* already in terminal state CANCELLED"),
    (retry, Running(), True, "only what failed or was cancelled"),
    (retry, Completed(), True, "only what failed or was cancelled"),
    (retry, Failed(), False, "Cannot reschedule a run without an associated deployment"),
]


@pytest.mark.parametrize(("move", "here", "deployed", "why"), REFUSED, ids=named)
def test_what_cannot_be_done_leaves_the_run_where_it_is_and_says_why(move, here, deployed, why):
    run = queued(here, deployed=deployed)

    with pytest.raises(MoveRefused, match=why):
        ask(lambda client: move(client, run))
    assert ask(lambda client: client.read_flow_run(run.id)).state.name == here.name


@pytest.fixture
def slow(project, tmp_path):
    """A run of a deployment that nobody executes yet: its tests last until they are let go."""
    tests = {"tests/test_slow.py": SLOW.format(folder=str(tmp_path)), "app.py": ""}
    project.commit({})
    project.commit(tests)
    parameters = {
        "name": f"till-{uuid4().hex[:8]}@head",
        "repository": str(project.folder),
        "base": "HEAD~1",
        "head": "HEAD",
        "policy": OURS,
        "only": ["test_coverage"],
    }

    async def asking(client):
        deployment = await client.create_deployment(
            await client.create_flow(review_change),
            f"here-{uuid4().hex[:8]}",
            entrypoint="flows.change_review.review_change",
            pull_steps=[{STEP: {"directory": str(tmp_path)}}],
        )
        return await client.create_flow_run_from_deployment(deployment, parameters=parameters)

    return ask(asking)


@pytest.fixture
def execute():
    """Execute a run in a process of its own, as a worker does it."""
    processes = []

    def start(run):
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "flow-run", "execute", str(run.id)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    end(*processes)


def now(run):
    return ask(lambda client: looked_at(client, [run]))[0]


def again(run_id):
    return ask(lambda client: client.read_flow_run(run_id))


@pytest.mark.slow
def test_a_paused_review_says_nothing_goes_on_later_and_repeats_no_step(slow, execute, tmp_path):
    process = execute(slow)
    wait_until(lambda: (tmp_path / "pid").exists() or process.poll() is not None, 60)
    ask(lambda client: pause(client, slow))
    (tmp_path / "go").touch()
    out, _ = process.communicate(timeout=60)
    paused = now(again(slow.id))
    ask(lambda client: resume(client, paused.run))
    process = execute(slow)
    more, _ = process.communicate(timeout=60)
    ended = now(again(slow.id))

    assert paused.state.status is WorkflowStatus.PAUSED, out
    assert not paused.verdict
    assert ended.state.status is WorkflowStatus.COMPLETED, more
    assert ended.verdict.startswith("passed")
    assert "Cached" in [one.state.name for one in ended.steps if one.name == "test_coverage"]


@pytest.mark.slow
def test_a_paused_review_of_a_pull_request_says_it_once_and_after_it_was_resumed(shop, deployed):
    pid = shop.open_slow()
    run = again(deployed.make(only=("test_coverage",), policy=OURS))
    process = deployed.execute(run.id)
    wait_until(lambda: pid.exists() or process.poll() is not None, 60)
    ask(lambda client: pause(client, run))
    wait_until(lambda: not alive(int(pid.read_text())))  # it has heard of it
    (shop.folder / "go").touch()
    out, _ = process.communicate(timeout=60)
    said = [*shop.pull.comments, *shop.pull.reviews]
    ask(lambda client: resume(client, run))
    more, _ = deployed.execute(run.id).communicate(timeout=60)

    assert said == [], out
    assert shop.said_once(shop.pull.head_sha), more
    assert again(run.id).state.name == "Completed", more
