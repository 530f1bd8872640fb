"""A review's state is a view of Prefect's, with the same moves allowed."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from tasks.core.state import FROM_PREFECT, WorkflowState, WorkflowStatus, status_of

S = WorkflowStatus
NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(minutes=1)

ALLOWED = {
    S.PENDING: {S.IN_PROGRESS, S.CANCELLED, S.FAILED},
    S.IN_PROGRESS: {S.PAUSED, S.RETRYING, S.COMPLETED, S.FAILED, S.CANCELLED},
    S.PAUSED: {S.IN_PROGRESS, S.CANCELLED, S.FAILED, S.PENDING},
    S.RETRYING: {S.PENDING, S.IN_PROGRESS, S.PAUSED, S.COMPLETED, S.FAILED, S.CANCELLED},
    S.COMPLETED: set(),
    S.FAILED: {S.RETRYING, S.PENDING},
    S.CANCELLED: {S.RETRYING, S.PENDING},
}


def state(**values) -> WorkflowState:
    default = {"workflow_id": "w", "review_id": "r", "created_at": NOON, "updated_at": NOON}
    return WorkflowState(**{**default, **values})


@pytest.mark.parametrize("here", list(S))
@pytest.mark.parametrize("there", list(S))
def test_a_move_is_allowed_or_refused_as_prefect_would(here, there):
    before = state(status=here)
    assert here.can_transition_to(there) is before.can_transition_to(there)
    if there in ALLOWED[here]:
        after = before.moved_to(there, LATER)
        assert (after.status, after.updated_at) == (there, LATER)
    else:
        with pytest.raises(ValueError, match=f"review r cannot go from {here} to {there}"):
            before.moved_to(there, LATER)


@pytest.mark.parametrize(
    ("here", "hint"),
    [(S.FAILED, "it can go to pending, retrying"), (S.COMPLETED, "nothing: it is over")],
)
def test_a_refused_move_says_which_ones_there_are(here, hint):
    with pytest.raises(ValueError, match=hint):
        state(status=here).moved_to(S.IN_PROGRESS, LATER)


def test_three_states_are_final():
    assert {status for status in S if status.is_final} == {S.COMPLETED, S.FAILED, S.CANCELLED}


def test_statuses_are_lower_case_words():
    assert all(status.value == status.name.lower() for status in S)


@pytest.mark.parametrize(
    ("type_", "name", "status"),
    [
        ("SCHEDULED", "Scheduled", S.PENDING),
        ("SCHEDULED", "Late", S.PENDING),
        ("SCHEDULED", "Resuming", S.PENDING),
        ("SCHEDULED", "AwaitingConcurrencySlot", S.PENDING),
        ("SCHEDULED", "AwaitingRetry", S.RETRYING),
        ("PENDING", "Submitting", S.PENDING),
        ("RUNNING", "Running", S.IN_PROGRESS),
        ("RUNNING", "Retrying", S.RETRYING),
        ("PAUSED", "Paused", S.PAUSED),
        ("PAUSED", "Suspended", S.PAUSED),
        ("CANCELLING", "Cancelling", S.IN_PROGRESS),
        ("CANCELLED", "Cancelled", S.CANCELLED),
        ("COMPLETED", "Cached", S.COMPLETED),
        ("COMPLETED", "Paused", S.COMPLETED),
        ("FAILED", "TimedOut", S.FAILED),
        ("FAILED", "Retrying", S.FAILED),
        ("CRASHED", "", S.FAILED),
        ("running", "anything at all", S.IN_PROGRESS),
    ],
)
def test_prefects_states_have_our_words(type_, name, status):
    assert status_of(type_, name) is status


def test_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="no Prefect state has the type 'FLYING'"):
        status_of("FLYING", "Paused")


def test_every_word_of_ours_but_no_other_is_in_the_table():
    assert set(FROM_PREFECT.values()) == set(S)


@pytest.mark.parametrize(
    ("values", "progress"),
    [
        ({}, 0.0),
        ({"status": S.COMPLETED}, 1.0),
        ({"total_steps": 4}, 0.0),
        ({"total_steps": 4, "completed_steps": 1}, 0.25),
        ({"total_steps": 4, "completed_steps": 4}, 1.0),
        ({"total_steps": 4, "completed_steps": 1, "progress": 0.4}, 0.4),
        ({"progress": 0}, 0.0),
        ({"progress": 1}, 1.0),
    ],
)
def test_progress_is_what_is_done_or_what_is_said(values, progress):
    assert state(**values).progress == progress


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"progress": -0.01}, "progress"),
        ({"progress": 1.01}, "progress"),
        ({"progress": float("nan")}, "progress"),
        ({"progress": "half"}, "progress"),
        ({"total_steps": -1}, "total_steps"),
        ({"completed_steps": -1}, "completed_steps"),
        ({"total_steps": 2, "completed_steps": 3}, "3 steps completed, but there are only 2"),
        ({"retry_count": -1}, "retry_count"),
        ({"status": "resting"}, "status"),
        ({"created_at": NOON.replace(tzinfo=None)}, "created_at"),
        ({"updated_at": NOON - dt.timedelta(seconds=1)}, "before it was created"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        state(**wrong)


def test_a_move_leaves_the_state_before_it_as_it_was():
    before = state(total_steps=2, completed_steps=1, current_step="lint")
    after = before.moved_to(S.IN_PROGRESS, LATER)
    assert (before.status, before.updated_at) == (S.PENDING, NOON)
    assert (after.current_step, after.completed_steps, after.progress) == ("lint", 1, 0.5)


def test_a_move_to_retrying_counts_one_more_retry():
    running = state(status=S.IN_PROGRESS, retry_count=1)
    assert running.moved_to(S.RETRYING, LATER).retry_count == 2
    assert running.moved_to(S.PAUSED, LATER).retry_count == 1


def test_a_move_back_in_time_is_refused():
    with pytest.raises(ValueError, match="before it was created"):
        state().moved_to(S.IN_PROGRESS, NOON - dt.timedelta(seconds=1))


def test_progress_that_was_computed_follows_a_move_and_said_progress_stays():
    empty = state(status=S.IN_PROGRESS)
    said = state(status=S.IN_PROGRESS, progress=0.3)
    read = WorkflowState.model_validate_json(empty.model_dump_json())
    assert empty.moved_to(S.COMPLETED, LATER).progress == 1.0
    assert read.moved_to(S.COMPLETED, LATER).progress == 1.0
    assert said.moved_to(S.PAUSED, LATER).progress == 0.3
