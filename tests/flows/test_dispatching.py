"""The dispatcher gives slots by our order, on a real server, and undoes nothing that people did."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from prefect import get_client
from prefect.states import AwaitingRetry, Cancelled, Cancelling, Suspended

from tasks.core.queueing.marks import PREEMPTIONS
from tasks.core.queueing.order import Choice
from tasks.core.queueing.queues import POOL
from tasks.service.artifact import KEY
from tasks.service.moves import hold, let_go, preempt
from tests.flows.pool import Pool


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """An empty pool of two slots, whose dispatcher looks when it is told to."""
    async with get_client() as client:
        yield await Pool.empty(client)


async def test_in_an_empty_pool_nothing_happens(pool):
    assert await pool.dispatcher.tick() >= 1
    assert await pool.work() == []


async def test_what_finds_a_free_slot_starts_without_the_dispatcher(pool):
    await pool.submit("a/1 low", "b/1")
    assert await pool.work() == ["b/1", "a/1"]


async def test_what_waits_gets_slots_in_our_order_and_knows_its_place(pool):
    await pool.submit("a/1", "a/2", "a/3", "a/4", "b/1", "c/1 low", "d/1 high")
    assert await pool.why("a/3") == "waits for a slot: all 2 are taken"
    assert await pool.why("a/4") == "waits for its turn: 1 wait already"
    assert await pool.work() == ["a/1", "a/2"]
    assert await pool.work() == []

    order = []
    for ended in ("a/1", "a/2", "d/1", "b/1"):
        await pool.end(ended)
        await pool.dispatcher.tick()
        order += await pool.work()
    assert order == ["d/1", "b/1", "a/3", "a/4"]
    assert await pool.state("c/1") == "Queued"


async def test_who_waits_is_told_its_place_and_the_table_shows_all(pool):
    await pool.submit("a/1", "a/2", "a/3", "b/1 low")
    await pool.work()
    pool.dispatcher._told -= 60
    await pool.dispatcher.show(*await pool.seen(later=60))

    assert await pool.why("a/3") == "1st in the queue normal: it gets the next free slot"
    assert await pool.why("b/1") == "1st in the queue low: 1 more urgent goes first"
    rows = await pool.table(KEY)
    assert [(row["place"], row["review"], row["queue"]) for row in rows] == [
        ("1", "acme/a#3", "normal"),
        ("2", "acme/b#1", "low"),
    ]


async def test_a_critical_one_takes_the_slot_of_the_least_urgent_which_is_told_so(pool, caplog):
    await pool.submit("a/1 high", "b/1 low", "c/1", "x/1 critical")
    await pool.work()
    with caplog.at_level(logging.WARNING):
        await pool.dispatcher.tick()

    assert await pool.states() == {
        "a/1": "Running",
        "b/1": "Preempted",
        "c/1": "Queued",
        "x/1": "Late",
    }
    assert (await pool.why("b/1")).startswith("suspended for acme/x#1, which is critical")
    assert "acme/b#1 gives way to acme/x#1" in caplog.text
    assert (await pool.run("b/1")).labels[PREEMPTIONS] == 1
    await pool.dispatcher.tick()
    assert await pool.work() == ["x/1"]

    await pool.end("x/1")
    await pool.dispatcher.tick()
    assert await pool.work() == ["c/1"]
    await pool.end("a/1")
    await pool.dispatcher.tick()
    assert await pool.state("b/1") == "Resuming"
    assert await pool.work() == ["b/1"]


async def test_who_shows_no_sign_of_life_is_not_preempted(pool):
    """Its process would not see that it is to pause."""
    await pool.submit("a/1", "b/1")
    await pool.work(pulse=False)
    await pool.submit("x/1 critical")
    await pool.dispatcher.tick()
    assert await pool.states() == {"a/1": "Running", "b/1": "Running", "x/1": "Queued"}


async def test_what_a_person_has_cancelled_is_not_let_go_nor_held(pool):
    """Between the dispatcher's look and its move."""
    await pool.submit("a/1", "b/1", "c/1")
    seen = await pool.run("c/1")
    await pool.set("c/1", Cancelled(message="by hand"))

    assert not await let_go(pool.client, seen, Choice("", "next"))
    assert await pool.state("c/1") == "Cancelled"
    assert not await hold(pool.client, seen, "3rd")
    assert (await pool.state("c/1"), await pool.why("c/1")) == ("Cancelled", "by hand")


async def test_what_a_person_has_cancelled_does_not_resume(pool):
    await pool.submit("a/1", "b/1", "x/1 critical")
    await pool.work()
    await pool.dispatcher.tick()
    (victim,) = [name for name, state in (await pool.states()).items() if state == "Preempted"]
    seen = await pool.run(victim)
    await pool.client.set_flow_run_state(seen.id, Cancelling(message="by hand"))
    assert await pool.state(victim) == "Cancelled"

    assert not await let_go(pool.client, seen, Choice("", "next"))
    assert await pool.state(victim) == "Cancelled"


async def test_what_has_begun_meanwhile_is_left_alone(pool):
    await pool.submit("a/1", "b/1", "c/1")
    seen = await pool.run("c/1")
    assert await let_go(pool.client, seen, Choice("", "next"))
    await pool.set("a/1", Cancelled())
    await pool.set("b/1", Cancelled())
    assert await pool.work() == ["c/1"]

    assert not await let_go(pool.client, seen, Choice("", "next"))
    assert await pool.state("c/1") == "Running"
    assert not await hold(pool.client, seen, "3rd")
    assert await pool.state("c/1") == "Running"


async def test_what_has_ended_meanwhile_is_not_preempted(pool):
    await pool.submit("a/1")
    await pool.work()
    seen = await pool.run("a/1")
    await pool.end("a/1")
    assert not await preempt(pool.client, seen, "for another")
    assert await pool.state("a/1") == "Completed"


async def test_what_a_person_paused_or_github_holds_up_is_not_the_dispatchers(pool):
    await pool.submit("a/1", "b/1")
    await pool.work()
    await pool.set("a/1", Suspended())
    await pool.set("b/1", AwaitingRetry(scheduled_time=pool.later(600)))
    await pool.dispatcher.tick()
    assert await pool.states() == {"a/1": "Suspended", "b/1": "AwaitingRetry"}
    await pool.submit("c/1 low")
    assert await pool.work() == ["c/1"]


@pytest.mark.parametrize("closed", [{"is_paused": True}, {"concurrency_limit": 0}])
async def test_a_queue_that_a_person_closed_keeps_no_other_waiting(pool, closed):
    """Neither by what is due in it, which no worker takes, nor by what waits in it."""
    await pool.submit("a/1", "b/1", "c/1", "x/1 high", "y/1 critical")
    queues = {queue.name: queue.id for queue in await pool.client.read_work_queues(POOL)}
    await pool.client.update_work_queue(queues["normal"], **closed)
    try:
        await pool.dispatcher.tick()
        assert await pool.work() == ["y/1", "x/1"]
        assert await pool.state("c/1") == "Queued"
    finally:
        opened = {"is_paused": False, "concurrency_limit": None}
        await pool.client.update_work_queue(queues["normal"], **opened)
