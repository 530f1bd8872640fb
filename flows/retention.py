"""Remove what nobody needs any more: old runs, results, mirrors, scratch folders, audits."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from prefect import flow
from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.filesystems import LocalFileSystem
from prefect.logging import get_run_logger
from prefect.results import get_result_store
from prefect.states import Cancelled, Completed

from flows.watching import RunCancelled, watched
from tasks.core.render.escape import for_markdown
from tasks.core.render.words import count
from tasks.forge.mirror_care import DAY
from tasks.service.old_runs import REVIEWS, SERVICE, free_runs, oldest_live
from tasks.service.retention import Freed, free_audits, free_mirrors, free_results, free_scratch

ELSEWHERE = Freed("results", said="not on this machine's disk: what keeps them lets them expire")

MB = 1_000_000


@flow(name="retention", flow_run_name="retention")
async def retain(
    runs_days: int = 30,
    service_days: int = 2,
    results_days: int = 30,
    mirrors_days: int = 14,
    audits_days: int = 90,
    dry_run: bool = False,  # noqa: FBT001, FBT002 - a flow's parameters are its form
) -> State[None]:
    """Remove what is older than so many days, at least one; of what runs or waits, nothing.

    ``runs_days`` are those of reviews, ``service_days`` those of runs that keep the service
    going. Files are those of the machine that runs this. With ``dry_run`` nothing is removed,
    and what would be is said.
    """
    days = Days(runs_days, service_days, results_days, mirrors_days, audits_days)
    try:
        return await watched(partial(_retain, days, dry=dry_run))
    except RunCancelled as ended:
        return Cancelled(message=str(ended))


class Days(NamedTuple):
    """After how many days what is removed."""

    runs: int
    service: int
    results: int
    mirrors: int
    audits: int


async def _retain(days: Days, *, dry: bool) -> State[None]:
    """Remove, tell."""
    async with get_client() as client:
        freed = [
            await free_runs(client, REVIEWS, max(days.runs, 1), dry=dry),
            await free_runs(client, SERVICE, max(days.service, 1), dry=dry),
        ]
        alive = await oldest_live(client)
    storage = _storage()
    before = min(alive, time.time() - max(days.results, 1) * DAY)
    freed.append(
        await asyncio.to_thread(free_results, storage, before, dry=dry) if storage else ELSEWHERE
    )
    until = time.time() - max(days.audits, 1) * DAY
    freed += [
        await asyncio.to_thread(free_audits, until, dry=dry),
        await asyncio.to_thread(free_scratch, Path(tempfile.gettempdir()), dry=dry),
        await asyncio.to_thread(free_mirrors, max(days.mirrors, 1), dry=dry),
    ]
    await _tell(freed, dry=dry)
    size = sum(one.bytes for one in freed)
    said = f"{count(freed[0].removed + freed[1].removed, 'run')}, and {size / MB:,.1f} MB of files"
    return Completed(message=f"{'would remove' if dry else 'removed'} {said}")


def _storage() -> Path | None:
    """Return the folder where results are kept, or None where they are kept elsewhere."""
    block = get_result_store().result_storage
    if not isinstance(block, LocalFileSystem) or not block.basepath:
        return None
    return Path(block.basepath).expanduser()


async def _tell(freed: Sequence[Freed], *, dry: bool) -> None:
    rows = [
        {
            "what": one.what,
            "removed": one.removed,
            "MB": round(one.bytes / MB, 1),
            "said": for_markdown(one.said),
        }
        for one in freed
    ]
    for one in freed:
        get_run_logger().info("%s: %d, %.1f MB %s", one.what, one.removed, one.bytes / MB, one.said)
    title = "What would be removed" if dry else "What was removed"
    await acreate_table_artifact(table=rows, key="retention", description=title)
