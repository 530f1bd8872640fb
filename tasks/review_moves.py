"""What people do to a review: pause, resume, cancel and try it again, as the server allows it."""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus
from prefect.states import AwaitingRetry, Cancelling, Suspended

from tasks.core.queueing.marks import ATTEMPT, ROUND
from tasks.core.state import WorkflowStatus
from tasks.errors import ReviewError
from tasks.review_state import subject_of, word_of

AGAIN = frozenset({WorkflowStatus.FAILED, WorkflowStatus.CANCELLED})
"""What a person may want tried again."""


class MoveRefused(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """A review cannot go there from where it is."""

    def __init__(self, what: str, run: FlowRun, why: str) -> None:
        word = word_of(run.state)
        super().__init__(f"{subject_of(run)} is {word} and cannot be {what}: {why}")


async def pause(client: PrefectClient, run: FlowRun) -> State[Any]:
    """Suspend a run: its place is free at once, and what its steps have answered is kept.

    Raises:
        MoveRefused: it does not run, or no worker would take it up again.
    """
    state: State[Any] = Suspended(message="paused on the command line")
    return _accepted("paused", run, await client.set_flow_run_state(run.id, state))


async def resume(client: PrefectClient, run: FlowRun) -> State[Any]:
    """Let a paused run go on when a worker is free.

    Raises:
        MoveRefused: it is not paused.
    """
    return _accepted("resumed", run, await client.resume_flow_run(run.id))


async def cancel(client: PrefectClient, run: FlowRun) -> State[Any]:
    """End a run; where somebody runs it, they end its processes and then say so.

    Raises:
        MoveRefused: it has ended, or is being cancelled.
    """
    state: State[Any] = Cancelling(message="cancelled on the command line")
    answer = await client.set_flow_run_state(run.id, state)
    if answer.status is SetStateStatus.REJECT and answer.state and answer.state.is_cancelled():
        return answer.state  # nobody runs it: the server skips the waiting for them
    return _accepted("cancelled", run, answer)


async def retry(client: PrefectClient, run: FlowRun) -> State[Any]:
    """Let a run that failed or was cancelled begin again when a worker is free.

    It begins anew: what its steps said last time is asked again, unless it is known by its
    content, and how often its process has died counts no more.

    Raises:
        MoveRefused: it did neither, or no worker would take it up.
    """
    # the server would reschedule what runs, and what has its verdict, and run it twice
    if word_of(run.state) not in AGAIN:
        raise MoveRefused("tried again", run, "only what failed or was cancelled is tried again")
    rounds = int(str(run.labels.get(ROUND, 0)))
    await client.update_flow_run_labels(run.id, {ROUND: rounds + 1, ATTEMPT: 0})
    state: State[Any] = AwaitingRetry(message="tried again on the command line")
    return _accepted("tried again", run, await client.set_flow_run_state(run.id, state))


def _accepted(what: str, run: FlowRun, answer: OrchestrationResult[Any]) -> State[Any]:
    """Return the state a run is in now.

    Raises:
        MoveRefused: the server does not let it go there; the text has its reason.
    """
    if answer.status is SetStateStatus.ACCEPT and answer.state:
        return answer.state
    raise MoveRefused(what, run, getattr(answer.details, "reason", None) or answer.status.value)
