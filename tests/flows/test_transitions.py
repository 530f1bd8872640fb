"""Every move of a run is proposed to a real server, and its answer held against our table."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from prefect import flow, get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import (
    AwaitingRetry,
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    Paused,
    Pending,
    Retrying,
    Running,
    Scheduled,
    Suspended,
)

from tasks.review_state import word_of

STATES = {
    "Scheduled": Scheduled,
    "AwaitingRetry": AwaitingRetry,
    "Pending": Pending,
    "Running": Running,
    "Retrying": Retrying,
    "Paused": Paused,
    "Suspended": Suspended,
    "Cancelling": Cancelling,
    "Cancelled": Cancelled,
    "Completed": Completed,
    "Failed": Failed,
    "Crashed": Crashed,
}
PAIRS = [pair for pair in product(STATES, STATES) if pair[0] != pair[1]]


def pairs(here, there):
    """The pairs of two lists of states."""
    return set(product(here.split(), there.split()))


PREFECT_LETS = {
    "who has a verdict has looked": pairs("Scheduled Pending Paused Suspended", "Completed"),
    "nothing was tried yet": pairs("Scheduled Pending", "AwaitingRetry Retrying"),
    "to go on is no new try": pairs("Paused Suspended", "AwaitingRetry Retrying"),
    "what had begun and begins anew says so": pairs("Running", "Scheduled")
    | pairs("Failed Crashed Cancelled", "Running"),
    "a verdict is the end": pairs(
        "Completed", "Scheduled AwaitingRetry Pending Running Retrying Failed Cancelled"
    ),
    "what has ended has ended as it did": pairs("Failed Crashed", "Completed Cancelled")
    | pairs("Cancelled", "Completed Failed"),
}
"""What the server believes whoever says it, and we would not say, by the reason."""

PREFECT_REFUSES = {
    "nobody runs it, so it is cancelled at once": pairs(
        "Scheduled AwaitingRetry Suspended", "Cancelling"
    ),
    "what waits for its time does not run": pairs("AwaitingRetry", "Paused Suspended"),
    "a worker claims only what is scheduled": pairs(
        "Retrying Paused Suspended Cancelled", "Pending"
    ),
    "what is being cancelled has nowhere else to go": pairs(
        "Cancelling", "Paused Suspended AwaitingRetry Retrying Completed Failed Crashed"
    ),
}
"""What one of our words may do, though not from or to this state of Prefect's, by the reason."""

DIFFERENT = {
    pair: why
    for table in (PREFECT_LETS, PREFECT_REFUSES)
    for why, several in table.items()
    for pair in several
}


@flow
def a_review():
    """What is proposed for its runs does not depend on what it does."""


NO_WORKER = {
    ("Running", "Suspended"): "Cannot suspend flows without a deployment.",
    ("Failed", "AwaitingRetry"): "Cannot reschedule a run without an associated deployment.",
    ("Cancelled", "AwaitingRetry"): "Cannot reschedule a run without an associated deployment.",
}
"""Where a run of the command line cannot go: no worker would take it up again."""


async def _deployment(client):
    known = await client.create_flow(a_review)
    return await client.create_deployment(
        known, f"moves-{uuid4().hex[:8]}", entrypoint="tests.flows.test_transitions.a_review"
    )


async def _brought_to(client, deployment, state):
    run = await client.create_flow_run_from_deployment(deployment)
    if state.is_cancelling():  # what does not run is cancelled at once, by force or not
        await client.set_flow_run_state(run.id, Running())
    answer = await client.set_flow_run_state(run.id, state, force=True)
    assert answer.state.name == state.name
    return run.id


@pytest.fixture(scope="module")
def answers(prefect):
    """What the server answered to each proposal, and the word for what the run was then."""

    async def ask():
        async with get_client() as client:
            deployment = await _deployment(client)
            few = asyncio.Semaphore(4)

            async def propose(here, there):
                async with few:
                    run = await _brought_to(client, deployment, STATES[here]())
                    answer = await client.set_flow_run_state(run, STATES[there]())
                    after = (await client.read_flow_run(run)).state
                    return answer.status, word_of(after)

            said = await asyncio.gather(*(propose(*pair) for pair in PAIRS))
            return dict(zip(PAIRS, said, strict=True))

    return asyncio.run(ask())


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_the_server_lets_happen_what_our_table_says(answers, here, there):
    before, proposed = word_of(STATES[here]()), word_of(STATES[there]())
    answer, after = answers[here, there]
    if before is proposed:
        assert after is before
        return
    happened = answer is SetStateStatus.ACCEPT and after is proposed
    ours = before.can_transition_to(proposed)

    assert happened is (ours if (here, there) not in DIFFERENT else not ours), (answer, after)


@pytest.mark.parametrize(("pair", "why"), NO_WORKER.items(), ids=map("->".join, NO_WORKER))
def test_what_no_worker_can_take_up_is_refused_with_the_reason(prefect, pair, why):
    here, there = (STATES[name]() for name in pair)

    async def ask():
        async with get_client() as client:
            run = await client.create_flow_run(a_review)
            answer = await client.set_flow_run_state(run.id, here, force=True)
            assert answer.status is SetStateStatus.ACCEPT
            return await client.set_flow_run_state(run.id, there)

    answer = asyncio.run(ask())

    assert (answer.status, answer.details.reason) == (SetStateStatus.ABORT, why)


def test_a_retry_whose_time_has_not_come_is_told_to_wait(prefect):
    later = datetime.now(UTC) + timedelta(hours=1)

    async def ask():
        async with get_client() as client:
            run = await _brought_to(
                client, await _deployment(client), AwaitingRetry(scheduled_time=later)
            )
            answer = await client.set_flow_run_state(run, Running())
            return answer, (await client.read_flow_run(run)).state

    answer, after = asyncio.run(ask())

    assert answer.status is SetStateStatus.WAIT
    assert answer.details.delay_seconds > 3000
    assert after.name == "AwaitingRetry"
