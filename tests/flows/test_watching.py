"""What becomes of a worker's review whose run is preempted, taken over, or dies too often."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextvars import copy_context
from uuid import UUID

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State, StateDetails, StateType
from prefect.client.schemas.sorting import TaskRunSort
from prefect.states import AwaitingRetry, Crashed, Failed, Scheduled

from tasks.core.queueing.marks import ATTEMPT, GIVEN_UP, MOST_ATTEMPTS, PREEMPTED, PULSE, RESUMING
from tests.flows.asked import ask
from tests.flows.shop import OURS, alive, wait_until

pytestmark = pytest.mark.slow

STEPS = ("code_quality", "test_coverage")


def preempted(by: str) -> State:
    details = StateDetails(pause_reschedule=True)
    return State(type=StateType.PAUSED, name=PREEMPTED, message=by, state_details=details)


def engine(deployed, run: UUID) -> subprocess.Popen:
    """Execute a run in one process, as a warm parent's child does: there is none around it."""
    token = deployed.shop.github.actions_token(deployed.shop.name)
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect.engine", str(run)],
        env={**os.environ, "GITHUB_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deployed.processes.append(process)
    return process


def put(run: UUID, state: State, *, force: bool = False) -> None:
    """Move a run as the dispatcher does it."""
    answer = ask(lambda client: client.set_flow_run_state(run, state, force=force))
    assert answer.status.value == "ACCEPT", answer


def again(run: UUID):
    return ask(lambda client: client.read_flow_run(run))


def steps_of(run: UUID) -> dict[str, list[str]]:
    """The states in which the task runs of each step of a run ended, the oldest first."""

    async def asking(client):
        return await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run])),
            sort=TaskRunSort.EXPECTED_START_TIME_ASC,
        )

    found = ask(asking)
    return {name: [one.state.name for one in found if one.name == name] for name in STEPS}


def said_once(shop) -> bool:
    """Whether a pull request has one review, one summary, and no finding twice."""
    bodies = [thread.comments[0].body for thread in shop.pull.threads]
    return (
        [review.commit_id for review in shop.pull.reviews] == [shop.pull.head_sha]
        and len(shop.pull.comments) == 1
        and len(bodies) == len(set(bodies)) > 0
    )


def test_who_is_preempted_ends_its_tools_and_goes_on_later_with_what_was_finished(shop, deployed):
    pid = shop.open_slow()
    run = deployed.make(only=STEPS, policy=OURS, cache=False)
    ask(lambda client: client.update_flow_run(run, tags=["priority:low"]))
    first = engine(deployed, run)
    wait_until(lambda: pid.exists() or first.poll() is not None, 90)  # code_quality has ended
    tool = int(pid.read_text())
    pulse = again(run).labels[PULSE]
    put(run, preempted("acme/till#9 is critical"))
    wait_until(lambda: not alive(tool), 30)
    out, _ = first.communicate(timeout=60)

    assert first.returncode == 0, out
    assert pulse
    assert again(run).state.name == PREEMPTED, out
    assert [*shop.pull.comments, *shop.pull.reviews] == []
    assert shop.check().status != "completed"

    (shop.folder / "go").touch()
    put(run, Scheduled(name=RESUMING))
    more, _ = engine(deployed, run).communicate(timeout=120)

    done = again(run)
    assert done.state.name == "Completed", more
    assert said_once(shop), more
    assert [tag for tag in done.tags if tag.startswith("priority:")] == ["priority:low"]
    assert steps_of(run)["code_quality"] == ["Completed", "Cached"], more
    assert steps_of(run)["test_coverage"][-1] == "Completed", more


def test_who_was_stopped_and_taken_for_dead_says_nothing_more(shop, deployed):
    pid = shop.open_slow()
    run = deployed.make(only=STEPS, policy=OURS)
    first = engine(deployed, run)
    wait_until(lambda: pid.exists() or first.poll() is not None, 90)
    first.send_signal(signal.SIGSTOP)
    put(run, Crashed(message="it was silent"))
    put(run, AwaitingRetry(message="attempt 2 of 3: it was silent"))
    (shop.folder / "go").touch()
    more, _ = engine(deployed, run).communicate(timeout=120)
    said = len(shop.github.writes)
    first.send_signal(signal.SIGCONT)
    out, _ = first.communicate(timeout=60)

    assert again(run).state.name == "Completed", more
    assert said_once(shop), more
    assert first.returncode == 0, out
    assert "says nothing more" in out
    assert len(shop.github.writes) == said


def test_a_review_whose_process_died_too_often_says_so_and_fails(shop, deployed):
    shop.open()
    run = deployed.make()
    put(run, Crashed(message="process 7 was killed (SIGKILL)"), force=True)
    put(run, AwaitingRetry(message="attempt 4"))
    ask(lambda client: client.update_flow_run_labels(run, {ATTEMPT: MOST_ATTEMPTS}))
    out, _ = engine(deployed, run).communicate(timeout=120)
    state = again(run).state

    assert (state.type, state.name) == (StateType.FAILED, GIVEN_UP), out
    assert "process 7 was killed (SIGKILL)" in state.message
    assert shop.conclusion() == ("completed", "action_required")
    assert "given up" in shop.check().output["title"]
    assert (shop.pull.comments, shop.pull.reviews) == ([], [])


def test_what_was_given_up_and_a_person_has_tried_again_in_the_ui_is_reviewed(shop, deployed):
    shop.open()
    run = deployed.make()
    put(run, Crashed(message="process 7 was killed (SIGKILL)"), force=True)
    put(run, Failed(name=GIVEN_UP), force=True)
    put(run, AwaitingRetry(message="by hand"))
    ask(lambda client: client.update_flow_run_labels(run, {ATTEMPT: MOST_ATTEMPTS}))
    out, _ = engine(deployed, run).communicate(timeout=120)
    ended = again(run)

    assert ended.state.type is StateType.COMPLETED, out
    assert ended.labels[ATTEMPT] == 0


def test_who_is_preempted_while_it_speaks_says_everything_once(shop, deployed):
    shop.open()
    run = deployed.make()
    others = []

    def overtaken():
        put(run, preempted("acme/till#9 is critical"))
        put(run, Scheduled(name=RESUMING))
        others.append(engine(deployed, run))
        wait_until(lambda: again(run).state.name == "Running", 60)

    here = copy_context()  # GitHub answers in threads of its own

    def meanwhile(call):
        if call.path.endswith("/reviews") and not others:
            here.run(overtaken)

    shop.github.before_write = meanwhile
    first = engine(deployed, run)
    out, _ = first.communicate(timeout=120)
    more, _ = others[0].communicate(timeout=120)

    assert first.returncode == 0, out
    assert again(run).state.name == "Completed", more
    assert said_once(shop), more
    assert steps_of(run)["code_quality"][-1] == "Cached"
