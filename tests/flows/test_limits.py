"""The limits of resource classes, on a real server."""

from __future__ import annotations

import asyncio

from prefect import get_client

from tasks.core.plan import LIMITS, ResourceClass
from tasks.core.policy import ReviewPolicy
from tasks.limits import ensure_limits

CPU = ResourceClass.CPU_INTENSIVE


async def limits():
    async with get_client() as client:
        found = await client.read_global_concurrency_limits(limit=200, offset=0)
        return {limit.name: limit.limit for limit in found}


async def without_limits():
    async with get_client() as client:
        for name in await limits():
            await client.delete_global_concurrency_limit_by_name(name)


def test_many_reviews_that_start_at_once_make_them_once():
    async def many():
        await without_limits()
        await asyncio.gather(*(ensure_limits(ReviewPolicy()) for _ in range(6)))
        return await limits()

    assert asyncio.run(many()) == {resource.value: limit for resource, limit in LIMITS.items()}


def test_what_people_set_stays_unless_the_policy_says_a_limit():
    async def changed(policy):
        async with get_client() as client:
            await client.upsert_global_concurrency_limit_by_name(CPU.value, 7)
        await ensure_limits(policy)
        return (await limits())[CPU.value]

    assert asyncio.run(changed(ReviewPolicy())) == 7
    assert asyncio.run(changed(ReviewPolicy(limits={CPU: 3}))) == 3
    asyncio.run(without_limits())
