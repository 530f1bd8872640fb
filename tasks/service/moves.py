"""What the dispatcher does to reviews: let go, hold, preempt, send back; never against a person.

The server has no "if it is still there": it would let a cancelled run be scheduled. Where one of
its own rules refuses what we do not want, that is used; elsewhere we look at what was
there before our move, and take it back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.logging.loggers import flow_run_logger
from prefect.states import AwaitingRetry, Cancelled, Crashed, Failed, Late

from tasks.core.queueing.attempts import Again, after_death, was_told_to_end
from tasks.core.queueing.marks import (
    ATTEMPT,
    DEATH,
    FAREWELLS,
    GIVEN_UP,
    OVERDUE,
    PREEMPTED,
    PREEMPTIONS,
    RESUMING,
)
from tasks.core.queueing.order import Choice
from tasks.review_state import counted
from tasks.service.submit import on_hold


async def let_go(client: PrefectClient, run: FlowRun, choice: Choice) -> bool:
    """Let workers take a review; return whether it still waited.

    To be late is what the server allows nothing but a scheduled run: not one that a person has
    cancelled, nor one that has begun.
    """
    if choice.overdue and OVERDUE not in run.tags:
        await client.update_flow_run(run.id, tags=[*run.tags, OVERDUE])
    why = f"its turn: {choice.why}"
    if run.state and run.state.type is StateType.PAUSED:
        return await _unless_moved(client, run, _scheduled(RESUMING, why))
    return await _accepted(client, run, Late(scheduled_time=datetime.now(UTC), message=why))


async def hold(client: PrefectClient, run: FlowRun, why: str) -> bool:
    """Keep a review waiting, and say why; return whether it still waited."""
    return await _unless_moved(client, run, on_hold(why))


async def preempt(client: PrefectClient, run: FlowRun, why: str) -> bool:
    """Suspend a review; return whether it ran. Its own process sees that, and ends."""
    details = StateDetails(pause_reschedule=True)
    state: State[Any] = State(
        type=StateType.PAUSED, name=PREEMPTED, message=why, state_details=details
    )
    if not await _accepted(client, run, state):
        return False
    await client.update_flow_run_labels(run.id, {PREEMPTIONS: counted(run, PREEMPTIONS) + 1})
    flow_run_logger(run).warning("Preempted: %s", why)
    return True


async def call_dead(client: PrefectClient, run: FlowRun, why: str) -> bool:
    """Say that nobody runs it any more, whatever its state says; return whether that was new."""
    now = await client.read_flow_run(run.id)
    if now.state_id != run.state_id or now.labels != run.labels:
        return False
    cancelling = run.state is not None and run.state.type is StateType.CANCELLING
    state: State[Any] = Cancelled(message=why) if cancelling else Crashed(message=why)
    if not await _accepted(client, run, state):
        return False
    flow_run_logger(run).error("%s", why)
    return True


async def send_back(client: PrefectClient, run: FlowRun) -> str:
    """Let a review whose process died be begun again, or give it up; return what was done.

    The count is written first, under the name of this death: whoever is interrupted between the
    two counts it no second time.
    """
    state = run.state
    death = str(state.id) if state else ""
    why = (state.message if state else None) or ""
    farewells = counted(run, FAREWELLS)
    if was_told_to_end(why, farewells):
        await client.update_flow_run_labels(run.id, {FAREWELLS: farewells + 1})
        message = f"goes on as soon as there is a worker: {why}"
        flow_run_logger(run).info("Back to the queue %s: %s", run.work_queue_name, why)
        await _unless_moved(client, run, AwaitingRetry(message=message))
        return message
    deaths = counted(run, ATTEMPT) + (run.labels.get(DEATH) != death)
    await client.update_flow_run_labels(run.id, {ATTEMPT: deaths, DEATH: death})
    next_ = after_death(deaths, why, can_say_so="number" in run.parameters)
    log = flow_run_logger(run)
    if isinstance(next_, Again):
        then = datetime.now(UTC) + timedelta(seconds=next_.pause)
        log.warning("Back to the queue %s: %s", run.work_queue_name, next_.message)
        await _unless_moved(client, run, AwaitingRetry(scheduled_time=then, message=next_.message))
    else:
        log.error("Failed: %s", next_.message)
        await _unless_moved(client, run, Failed(name=GIVEN_UP, message=next_.message))
    return next_.message


def _scheduled(name: str, why: str) -> State[Any]:
    details = StateDetails(scheduled_time=datetime.now(UTC))
    return State(type=StateType.SCHEDULED, name=name, message=why, state_details=details)


async def _accepted(client: PrefectClient, run: FlowRun, state: State[Any]) -> bool:
    answer = await client.set_flow_run_state(run.id, state)
    return answer.status is SetStateStatus.ACCEPT


async def _unless_moved(client: PrefectClient, run: FlowRun, state: State[Any]) -> bool:
    """Move a run from where it was seen; return whether it was still there.

    Whatever has come in between is brought back: a person's word counts, and a worker's.
    """
    answer = await client.set_flow_run_state(run.id, state)
    if answer.status is not SetStateStatus.ACCEPT or answer.state is None:
        return False
    states = await client.read_flow_run_states(run.id)
    ours = next(n for n, one in enumerate(states) if answer.state and one.id == answer.state.id)
    before = states[ours - 1]
    if not run.state or before.id == run.state.id or before.name == state.name:
        return True
    await client.set_flow_run_state(run.id, before.model_copy(update={"id": uuid4()}), force=True)
    return False
