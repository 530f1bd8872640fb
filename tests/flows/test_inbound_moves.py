"""Labels, the end, and who asks once more: each is done once, also by who is interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from prefect import get_client
from prefect.states import Completed, Suspended

from flows.sweep import sweep
from tasks.core.inbound.wishes import (
    End,
    LookAround,
    Reprioritise,
    ReviewAgain,
)
from tasks.core.queueing.queues import POOL
from tasks.errors import CannotReview
from tasks.review_state import submitted
from tasks.service.inbound import CLOSED
from tasks.service.live import key_after, move
from tasks.service.submit import submit
from tests.flows.line import HIGH, LOW, PULL, SHOP, A, B, C, Line, seen
from tests.flows.pool import Pool


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with get_client() as client:
        yield Line(await Pool.empty(client))


# -- labels -----------------------------------------------------------------------------------


async def test_who_waits_moves_to_the_queue_of_the_labels_and_is_as_old_as_before(line):
    await line.head(A)
    (old,) = await line.runs()
    said = await line.ask(Reprioritise(seen(A, HIGH)))
    before, after = await line.runs()
    assert said == f"moved run {old.id} to the queue high: run {after.id} waits there for it"
    assert await line.states() == [("normal", "Cancelled"), ("high", "Scheduled")]
    assert before.state.message == f"moved to the queue high: run {after.id}"
    assert submitted(after) == submitted(old)
    assert after.parameters == old.parameters


async def test_the_same_labels_again_move_nobody(line):
    await line.head(A)
    for _ in range(2):
        await line.ask(Reprioritise(seen(A, LOW)))
    assert await line.states() == [("normal", "Cancelled"), ("low", "Scheduled")]


async def test_who_moves_it_at_the_same_time_moves_it_once(line):
    await line.head(A)
    await asyncio.gather(*(line.ask(Reprioritise(seen(A, HIGH))) for _ in range(3)))
    assert await line.states() == [("normal", "Cancelled"), ("high", "Scheduled")]


async def test_a_move_that_was_interrupted_is_finished_by_the_next_try(line):
    await line.head(A)
    (old,) = await line.runs()
    await submit(line.pool.client, SHOP, 7, priority=HIGH, key=key_after(old))
    await line.ask(Reprioritise(seen(A, HIGH)))
    assert await line.states() == [("normal", "Cancelled"), ("high", "Scheduled")]


async def test_who_begins_meanwhile_stays_and_nobody_else_does(line):
    await line.head(A)
    (old,) = await line.runs()
    await line.begin(old, A)
    assert await move(line.pool.client, old, HIGH) is None
    assert await line.states() == [("normal", "Running"), ("high", "Cancelled")]


async def test_who_is_at_work_moves_nowhere(line):
    await line.begun(A)
    assert await line.ask(Reprioritise(seen(A, HIGH))) == "nothing of it waits"
    assert await line.states() == [("normal", "Running")]


async def test_a_push_with_a_more_urgent_label_moves_who_waits_and_a_less_urgent_one_does_not(line):
    await line.head(A)
    await line.head(B, LOW)
    assert await line.states() == [("normal", "Scheduled")]
    await line.head(C, HIGH)
    assert await line.states() == [("normal", "Cancelled"), ("high", "Scheduled")]


async def test_a_head_that_was_moved_and_answered_gets_no_second_answer(line):
    await line.head(A)
    await line.ask(Reprioritise(seen(A, HIGH)))
    moved = await line.last()
    await line.begin(moved, A)
    await line.force(moved.id, Completed())
    assert f"run {moved.id} is Completed" in await line.head(A)
    assert len(await line.runs()) == 2


# -- the end ----------------------------------------------------------------------------------


async def test_who_closes_it_ends_what_waits_what_rests_and_what_is_at_work(line):
    works, rests = await line.begun(A), await line.begun(B)
    await line.force(rests.id, Suspended())
    await submit(line.pool.client, SHOP, 7)
    said = await line.ask(End(seen(B)))
    assert said.startswith("ended 3 runs")
    found = await line.runs()
    assert await line.types() == ["Cancelling", "Cancelled", "Cancelled"]
    assert {run.state.message for run in found} == {CLOSED}
    assert works.id == found[0].id
    assert await line.ask(End(seen(B))) == "nothing waits for it or is at it"


async def test_what_is_opened_again_is_reviewed_again(line):
    await line.head(A)
    await line.ask(End(seen(A)))
    await line.head(A)
    assert await line.types() == ["Cancelled", "Scheduled"]


# -- once more --------------------------------------------------------------------------------


async def test_who_asks_for_it_once_more_gets_it_once_in_a_check_of_its_own(line):
    run = await line.begun(A)
    await line.force(run.id, Completed())
    wish = ReviewAgain(PULL, A, "ada")
    said = [await line.ask(wish, "two") for _ in range(2)]
    _, again = await line.runs()
    assert said[0] == (
        f"ada asked for it: submitted once more as run {again.id}, in the queue normal"
    )
    assert again.parameters["again"] is True
    assert said[1] == f"ada asked for it: run {again.id} waits for it in the queue normal already"


async def test_of_one_delivery_there_is_one_review_however_far_that_is(line):
    wish = ReviewAgain(PULL, A, "ada")
    await line.ask(wish)
    await line.begin(await line.last(), A)
    await line.ask(wish)
    await line.ask(wish, "another")
    assert len(await line.runs()) == 2


async def test_who_waits_already_reviews_it_again(line):
    await line.head(A, LOW)
    await line.ask(ReviewAgain(PULL, A, "ada"))
    assert await line.states() == [("low", "Cancelled"), ("low", "Scheduled")]
    assert (await line.last()).parameters["again"] is True


# -- repositories -----------------------------------------------------------------------------


async def test_new_repositories_have_a_sweep_begin_once(line):
    client = line.pool.client
    flow = await client.create_flow(sweep)
    deployment = await client.create_deployment(
        flow,
        "every-ten-minutes",
        work_pool_name=POOL,
        work_queue_name="service",
        entrypoint="flows.sweep.sweep",
    )
    said = {await line.ask(LookAround((SHOP,))) for _ in range(2)}
    assert len(said) == 1
    await client.delete_deployment(deployment)
    with pytest.raises(CannotReview, match="review up"):
        await line.ask(LookAround((SHOP,)))
