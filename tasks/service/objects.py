"""What the service needs on its server: made where it is missing, mended where it is otherwise.

The same whether ``review up`` asks for it or, where somebody deploys by hand, the first run of
``reconcile``.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from pydantic import ValidationError

from blocks.dismissal import DismissedFinding
from blocks.github import GitHubApp, GitHubToken
from blocks.queue import DEFAULT, ReviewQueue
from tasks.core.policy import ReviewPolicy
from tasks.core.queueing.queues import POOL, RANKS, SERVICE, SERVICE_PLACES
from tasks.errors import ReviewError
from tasks.limits import ensure_limits
from tasks.service.notifications import ensure_notification

BLOCKS: tuple[type[Block], ...] = (GitHubApp, GitHubToken, DismissedFinding, ReviewQueue)


class CannotFollow(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """The settings of the queue have a value that cannot be one."""

    def __init__(self, error: RuntimeError) -> None:
        cause = error.__cause__
        what = cause.errors() if isinstance(cause, ValidationError) else []
        wrong = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in what) or str(error)
        super().__init__(
            f"the settings review-queue/{DEFAULT} cannot be followed ({wrong}); "
            "mend them in Prefect's UI, under Blocks"
        )


TYPE = "process"
"""The work pool's: Prefect's own worker that starts a process for each run."""


async def ensure_objects(
    client: PrefectClient, queue: ReviewQueue | None = None
) -> tuple[str, ...]:
    """Have everything on the server that the service needs; return what was changed, a line each.

    ``queue`` replaces the settings that are kept; without it those are followed, and made where
    there are none. What people set in Prefect's UI beside them stays: pauses, limits of queues.

    Raises:
        CannotFollow: the settings that are kept cannot be followed. All else is done.
        CannotNotify: the settings name a block to notify that cannot be used. All else is done.
    """
    changed = [line async for line in _blocks(client)]
    try:
        settings = await settings_of(client)
    except CannotFollow:
        if queue is None:
            _ = [line async for line in _queues(client)], [line async for line in _limits(client)]
            raise
        settings = None  # they are replaced
    if settings is None or (queue is not None and _said(queue) != _said(settings)):
        made = "made" if settings is None else "changed"
        settings = queue or ReviewQueue()
        await settings.asave(DEFAULT, overwrite=True, client=client)
        changed.append(f"settings review-queue/{DEFAULT}: {made}, {settings.slots} slots")
    changed += [line async for line in _pool(client, settings.slots + SERVICE_PLACES)]
    changed += [line async for line in _queues(client)]
    changed += [line async for line in _limits(client)]
    return (*changed, *await ensure_notification(client, settings))


async def _blocks(client: PrefectClient) -> AsyncIterator[str]:
    """Register the types that the server does not know as they are now."""
    for block in BLOCKS:
        try:
            await client.read_block_schema_by_checksum(
                block._calculate_schema_checksum(),  # noqa: SLF001 - what it registers by
                version=block.get_block_schema_version(),
            )
        except ObjectNotFound:
            await block.aregister_type_and_schema(client=client)
            yield f"block type {block.get_block_type_slug()}: registered"


async def settings_of(client: PrefectClient) -> ReviewQueue | None:
    """Return the settings that people have made, or that we have.

    Raises:
        CannotFollow: there are some, with a value that means nothing.
    """
    try:
        found: ReviewQueue = await ReviewQueue.aload(DEFAULT, client=client)
    except ValueError:  # Prefect's word for a document that is not there
        return None
    except RuntimeError as error:  # and for one that is not valid
        raise CannotFollow(error) from error
    return found


def _said(queue: ReviewQueue) -> dict[str, object]:
    return queue.model_dump(include=set(ReviewQueue.model_fields))


async def _pool(client: PrefectClient, places: int) -> AsyncIterator[str]:
    """Make the work pool; its places are the slots, and some for the service's own runs."""
    try:
        pool = await client.read_work_pool(POOL)
    except ObjectNotFound:
        from prefect.workers.process import ProcessWorker  # seldom needed, and large

        wanted = WorkPoolCreate(
            name=POOL,
            type=TYPE,
            description="Reviews of pull requests. See docs/service.md.",
            base_job_template=ProcessWorker.get_default_base_job_template(),
            concurrency_limit=places,
        )
        try:
            await client.create_work_pool(wanted)
        except ObjectAlreadyExists:  # a worker, or another reconcile, was faster
            pool = await client.read_work_pool(POOL)
        else:
            yield f"work pool {POOL}: made, {places} places"
            return
    if pool.concurrency_limit != places:
        await client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=places))
        yield f"work pool {POOL}: {places} places, not {pool.concurrency_limit or 'any number'}"


async def _queues(client: PrefectClient) -> AsyncIterator[str]:
    """Make the queues and rank them: ours in their order, then whatever others people made."""
    there = {queue.name for queue in await client.read_work_queues(POOL)}
    for name in RANKS:
        if name not in there:
            with contextlib.suppress(ObjectAlreadyExists):  # a deployment that names it was faster
                await client.create_work_queue(name, work_pool_name=POOL)
                yield f"queue {name}: made"
    last = len(RANKS)
    for queue in sorted(await client.read_work_queues(POOL), key=lambda queue: queue.priority):
        rank = RANKS.get(queue.name) or (last := max(queue.priority, last + 1))
        wrong = {} if queue.priority == rank else {"priority": rank}
        # what people limit beside it stays
        if queue.name == SERVICE and queue.concurrency_limit != SERVICE_PLACES:
            wrong["concurrency_limit"] = SERVICE_PLACES
        if wrong:
            await client.update_work_queue(queue.id, **wrong)
            said = ", ".join(f"{what.replace('_', ' ')} {value}" for what, value in wrong.items())
            yield f"queue {queue.name}: {said}"


async def _limits(client: PrefectClient) -> AsyncIterator[str]:
    """Make the limits of the steps' resource classes."""
    policy = ReviewPolicy()
    found = await client.read_global_concurrency_limits(limit=200, offset=0)
    there = {limit.name for limit in found}
    missing = {name.value: limit for name, limit in policy.limits.items() if name not in there}
    if missing:
        await ensure_limits(policy)
        yield f"limits: {', '.join(f'{name} {limit}' for name, limit in missing.items())}"
