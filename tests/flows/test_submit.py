"""What is submitted starts at once or waits, in the queue of its priority, and is there once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from prefect import get_client

from tasks.core.plan import TaskPriority
from tasks.errors import CannotReview
from tasks.service.submit import DEPLOYMENT, submit
from tests.flows.pool import Pool


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with get_client() as client:
        yield await Pool.empty(client)


async def test_without_a_service_nothing_can_be_submitted(pool):
    deployment = await pool.client.read_deployment_by_name(DEPLOYMENT)
    await pool.client.delete_deployment(deployment.id)
    with pytest.raises(CannotReview, match="review up"):
        await submit(pool.client, "acme/a", 1)


async def test_it_says_of_itself_what_it_reviews_and_how_urgent_it_is(pool):
    run = await submit(
        pool.client, "acme/a", 7, priority=TaskPriority.HIGH, parameters={"only": ("tests",)}
    )
    found = await pool.client.read_flow_run(run.id)
    assert (found.name, found.work_queue_name) == ("acme/a#7", "high")
    assert sorted(found.tags) == ["acme/a#7", "priority:high"]
    assert found.parameters == {"repository": "acme/a", "number": 7, "only": ["tests"]}


async def test_without_a_priority_it_waits_as_normal_and_its_policy_may_say_otherwise(pool):
    run = await submit(pool.client, "acme/a", 7)
    assert (run.work_queue_name, run.tags) == ("normal", ["acme/a#7"])


async def test_of_one_key_there_is_one_run_however_often_and_at_once(pool):
    runs = await asyncio.gather(*(submit(pool.client, "acme/a", 1, key="one") for _ in range(3)))
    assert len({run.id for run in runs}) == 1
    assert (await submit(pool.client, "acme/a", 1, key="two")).id != runs[0].id


async def test_what_nobody_lets_go_starts_by_itself_when_its_hold_ends(pool):
    """A dead dispatcher delays; it does not lose."""
    await pool.submit("a/1", "b/1", "c/1")
    run = await pool.run("c/1")
    assert run.state.name == "Queued"
    scheduled = run.next_scheduled_start_time
    assert pool.later(500) < scheduled < pool.later(610)
    assert await pool.work() == ["a/1", "b/1"]
    await pool.end("a/1")
    assert await pool.offered() == []
    assert await pool.offered(later=620) == ["c/1"]
