"""What the service needs, on a real server: made once, mended when it is otherwise."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.exceptions import ObjectNotFound

from blocks.queue import DEFAULT, ReviewQueue
from tasks.core.policy import ReviewPolicy
from tasks.core.queueing.queues import POOL, RANKS, SERVICE, SERVICE_PLACES
from tasks.service.notifications import CannotNotify
from tasks.service.objects import BLOCKS, ensure_objects


def on_server(what):
    """Return what a function of the client gives."""

    async def asking():
        async with get_client() as client:
            return await what(client)

    return asyncio.run(asking())


@pytest.fixture
def there():
    """A server that has all of it, as the service wants it at first."""
    on_server(lambda client: ensure_objects(client, ReviewQueue()))


def ranks():
    queues = on_server(lambda client: client.read_work_queues(POOL))
    return {queue.name: queue.priority for queue in queues}


def change_queue(name, **how):
    async def changing(client):
        for queue in await client.read_work_queues(POOL):
            if queue.name == name:
                await client.update_work_queue(queue.id, **how)

    on_server(changing)


def test_nothing_is_changed_where_everything_is_as_it_should_be(there):
    assert on_server(ensure_objects) == ()


def test_an_empty_server_gets_all_of_it_and_every_thing_is_told():
    async def empty(client):
        with contextlib.suppress(ObjectNotFound, ValueError):  # nobody has made it yet
            await client.delete_work_pool(POOL)
            await ReviewQueue.adelete(DEFAULT, client=client)
        return await ensure_objects(client)

    told = "\n".join(on_server(empty))

    pool = on_server(lambda client: client.read_work_pool(POOL))
    assert (pool.type, pool.concurrency_limit) == ("process", ReviewQueue().slots + SERVICE_PLACES)
    assert pool.base_job_template["variables"]["properties"]["command"]
    assert ranks() == {**RANKS, "default": len(RANKS) + 1}
    slugs = {kind.slug for kind in on_server(lambda client: client.read_block_types())}
    assert {block.get_block_type_slug() for block in BLOCKS} <= slugs
    limits = on_server(lambda c: c.read_global_concurrency_limits(limit=200, offset=0))
    assert {name.value for name in ReviewPolicy().limits} <= {limit.name for limit in limits}
    for name in (POOL, *RANKS, f"review-queue/{DEFAULT}"):
        assert f" {name}: made" in told
    assert on_server(ensure_objects) == ()


def test_the_pool_follows_the_slots_that_people_set(there):
    async def save(client):
        await ReviewQueue(slots=9).asave(DEFAULT, overwrite=True, client=client)

    on_server(save)
    told = on_server(ensure_objects)

    assert told == (f"work pool {POOL}: {9 + SERVICE_PLACES} places, not {4 + SERVICE_PLACES}",)
    pool = on_server(lambda client: client.read_work_pool(POOL))
    assert pool.concurrency_limit == 9 + SERVICE_PLACES


def test_settings_that_are_given_replace_those_that_are_kept(there):
    told = on_server(lambda client: ensure_objects(client, ReviewQueue(slots=2, fair=False)))

    assert told[0] == f"settings review-queue/{DEFAULT}: changed, 2 slots"
    kept = on_server(lambda client: ReviewQueue.aload(DEFAULT, client=client))
    assert (kept.slots, kept.fair) == (2, False)


def test_queues_get_their_ranks_back_and_the_service_its_places(there):
    change_queue("critical", priority=7)
    change_queue(SERVICE, concurrency_limit=0)
    told = on_server(ensure_objects)

    assert set(told) == {"queue critical: priority 2", "queue service: concurrency limit 3"}
    assert ranks() == {**RANKS, "default": len(RANKS) + 1}


def test_what_people_pause_or_limit_stays_so(there):
    change_queue("low", is_paused=True, concurrency_limit=1)
    on_server(lambda client: client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True)))
    change_queue("low", priority=1)  # and this is mended
    on_server(ensure_objects)

    queues = on_server(lambda client: client.read_work_queues(POOL))
    low = next(queue for queue in queues if queue.name == "low")
    assert (low.is_paused, low.concurrency_limit, low.priority) == (True, 1, RANKS["low"])
    assert on_server(lambda client: client.read_work_pool(POOL)).is_paused
    change_queue("low", is_paused=False, concurrency_limit=None)
    on_server(lambda client: client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False)))


def test_a_queue_of_somebody_elses_comes_after_ours(there):
    on_server(lambda c: c.create_work_queue("mine", work_pool_name=POOL, priority=1))
    on_server(ensure_objects)

    found = ranks()
    assert {name: found[name] for name in RANKS} == RANKS
    assert found["mine"] > max(RANKS.values())
    assert on_server(ensure_objects) == ()

    async def remove(client):
        for queue in await client.read_work_queues(POOL):
            if queue.name == "mine":
                await client.delete_work_queue_by_id(queue.id)

    on_server(remove)


def test_a_notification_that_cannot_be_sent_is_an_error_after_all_else_is_there(there):
    settings = ReviewQueue(slots=6, notify="slack-webhook/nobody")

    with pytest.raises(CannotNotify):
        on_server(lambda client: ensure_objects(client, settings))

    pool = on_server(lambda client: client.read_work_pool(POOL))
    assert pool.concurrency_limit == 6 + SERVICE_PLACES
    on_server(lambda client: ensure_objects(client, ReviewQueue()))


def test_all_at_once_make_it_once_and_nobody_fails():
    async def all_at_once(client):
        with contextlib.suppress(ObjectNotFound):  # nobody has made it yet
            await client.delete_work_pool(POOL)
        return await asyncio.gather(*(ensure_objects(client) for _ in range(3)))

    told = [line for lines in on_server(all_at_once) for line in lines]

    assert sum(line.startswith(f"work pool {POOL}: made") for line in told) == 1
    assert {name: ranks()[name] for name in RANKS} == RANKS
