"""What is pushed is reviewed once, whatever comes twice, late, or at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from prefect import get_client
from prefect.states import Cancelled, Completed, Failed, Paused, Pending, Suspended

from flows.endings import NOT_REVIEWED
from tasks.core.inbound.keys import head_key
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    Reprioritise,
    ReviewHead,
    Subject,
)
from tasks.core.queueing.marks import PREEMPTED
from tasks.service.inbound import fulfil
from tasks.service.live import key_after
from tasks.service.submit import submit
from tests.flows.line import HIGH, PULL, SHOP, A, B, C, Line, seen
from tests.flows.pool import Pool


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with get_client() as client:
        yield Line(await Pool.empty(client))


# -- nothing to do ----------------------------------------------------------------------------


async def test_what_asks_for_nothing_gets_nothing_and_the_reason(line):
    assert await line.ask(Ignore("pong")) == "pong"
    assert await line.runs() == []


async def test_of_a_pull_request_that_nothing_waits_for_nothing_is_moved_or_ended(line):
    assert await line.ask(Reprioritise(seen(A, HIGH))) == "nothing of it waits"
    assert await line.ask(End(seen(A))) == "nothing waits for it or is at it"
    assert await line.runs() == []


async def test_a_head_that_somebody_is_at_needs_nobody_else(line):
    run = await line.begun(A)
    assert await line.head(A) == f"run {run.id} is at {'a' * 7} already"
    await line.force(run.id, Paused(name=PREEMPTED))
    assert "already" in await line.head(A)
    assert len(await line.runs()) == 1


async def test_one_that_has_not_begun_reads_the_newest_head_itself(line):
    await line.head(A)
    assert "will read the newest head" in await line.head(B)
    await line.pool.set((await line.last()).id, Pending())
    assert "will read the newest head" in await line.head(C, HIGH)
    assert len(await line.runs()) == 1


@pytest.mark.parametrize("end", [Completed(), Failed(message="no")], ids=["reviewed", "failed"])
async def test_a_head_that_has_its_answer_gets_no_second_one(line, end):
    run = await line.begun(A)
    await line.force(run.id, end)
    assert f"was submitted before: run {run.id} is {end.name}" in await line.head(A)
    assert len(await line.runs()) == 1


async def test_somebody_elses_pull_request_is_left_alone(line):
    for other in (Subject(SHOP, 77), Subject(SHOP, 1), Subject("acme/shop-window", 7)):
        await line.ask(ReviewHead(seen(A, subject=other)))
    await line.head(A)
    await line.ask(End(seen(A)))
    assert await line.types() == ["Scheduled"] * 3 + ["Cancelled"]


# -- a push -----------------------------------------------------------------------------------


async def test_a_head_is_submitted_under_the_key_that_a_sweep_uses_too(line):
    said = await line.head(A, HIGH)
    (run,) = await line.runs()
    assert said == f"submitted {'a' * 7} as run {run.id}, in the queue high: a push"
    assert run.idempotency_key == head_key(PULL.name, A)
    assert (run.parameters, run.work_queue_name) == ({"repository": SHOP, "number": 7}, "high")


async def test_the_review_talks_by_the_block_that_the_webhook_was_given(line):
    wish = ReviewHead(seen(A))
    await fulfil(line.pool.client, wish, delivery="one", using="github-app/acme")
    assert (await line.last()).parameters["using"] == "github-app/acme"


async def test_of_several_at_the_same_time_one_submits(line):
    await asyncio.gather(*(line.head(A) for _ in range(4)))
    assert len(await line.runs()) == 1


async def test_twenty_pushes_while_nothing_runs_are_one_review_and_one_more_while_it_does(line):
    for number in range(20):
        await line.head(f"{number:040x}")
    (first,) = await line.runs()
    await line.begin(first, f"{19:040x}")
    for number in range(20, 40):
        await line.head(f"{number:040x}")
    assert await line.types() == ["Running", "Scheduled"]


async def test_one_that_was_submitted_by_hand_in_other_letters_counts_as_well(line):
    await submit(line.pool.client, "Acme/Shop", 7)
    assert "will read the newest head" in await line.head(A)
    assert len(await line.runs()) == 1


@pytest.mark.parametrize(
    "idle", [Paused(name=PREEMPTED), Suspended()], ids=["preempted", "suspended"]
)
async def test_who_rests_on_an_older_head_is_ended_and_who_is_at_work_is_left_to_the_new_one(
    line, idle
):
    rests, _ = await line.begun(A), await line.begun(B)
    await line.force(rests.id, idle)
    said = await line.head(C)
    assert f"ended 1 run ({rests.id}), of an older head" in said
    assert await line.types() == ["Cancelled", "Running", "Scheduled"]
    assert (await line.runs())[0].state.message == f"superseded by {'c' * 7}"


@pytest.mark.parametrize(
    "end", [Cancelled(), Completed(name=NOT_REVIEWED)], ids=["cancelled", "a draft"]
)
async def test_a_head_without_an_answer_is_submitted_anew_and_that_once_too(line, end):
    """It was closed and is open again, or was a draft."""
    await line.head(A)
    await line.force((await line.last()).id, end)
    await asyncio.gather(*(line.head(A) for _ in range(3)))
    first, second = await line.runs()
    assert second.idempotency_key == key_after(first)
    await line.force(second.id, end)
    await line.head(A)
    assert len(await line.runs()) == 3


async def test_a_head_that_its_run_has_passed_over_is_reviewed_when_it_comes_back(line):
    """B was pushed before the run of A began, and then A again, by force."""
    await line.head(A)
    run = await line.last()
    await line.begin(run, B)
    await line.force(run.id, Completed())
    await line.head(A)
    assert await line.types() == ["Completed", "Scheduled"]
