"""What a process is to do, by what the server says of its run."""

from __future__ import annotations

from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import (
    AwaitingRetry,
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    Paused,
    Pending,
    Running,
    Scheduled,
    Suspended,
)

from tasks.core.queueing.marks import OWNER
from tasks.fate import Fate, word_of_run


def run(state, owner="me"):
    return FlowRun(flow_id=uuid4(), state=state, labels={OWNER: owner} if owner else {})


@pytest.mark.parametrize("owner", ["me", ""])
@pytest.mark.parametrize("state", [None, Running(), Running(name="WaitingForGitHub")])
def test_who_runs_what_is_its_own_goes_on(state, owner):
    assert word_of_run(run(state), owner, deployed=True).ours


@pytest.mark.parametrize("deployed", [True, False])
@pytest.mark.parametrize("state", [Cancelling(message="enough"), Cancelled(message="enough")])
def test_what_is_cancelled_ends_with_what_was_said_of_it(state, deployed):
    word = word_of_run(run(state), "me", deployed=deployed)
    assert (word.fate, word.why) == (Fate.CANCELLED, "enough")


@pytest.mark.parametrize("state", [Suspended(), Paused(), Paused(name="Preempted")])
def test_what_is_paused_is_left_in_the_state_in_which_it_is(state):
    word = word_of_run(run(state), "me", deployed=True)
    assert (word.fate, word.state) == (Fate.PAUSED, state)


GONE = [Scheduled(), AwaitingRetry(), Pending(), Crashed(), Failed(), Completed()]


@pytest.mark.parametrize("state", GONE, ids=lambda state: state.name)
def test_what_is_said_to_be_somewhere_else_is_lost(state):
    assert word_of_run(run(state), "me", deployed=True).fate is Fate.LOST


def test_what_another_process_has_begun_is_lost_once_we_have_said_that_it_is_ours():
    assert word_of_run(run(Running(), "another"), "me", deployed=True).fate is Fate.LOST
    assert word_of_run(run(Running(), "another"), "", deployed=True).ours


@pytest.mark.parametrize("state", [*GONE, Paused(), Running()], ids=lambda state: state.name)
def test_nobody_takes_a_run_from_a_process_that_no_worker_started(state):
    assert word_of_run(run(state, "another"), "me", deployed=False).ours
