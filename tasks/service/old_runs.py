"""Remove old runs of ours from Prefect's server, by its API, with what hangs on them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

from tasks.runs import LIVE
from tasks.service.retention import Freed

REVIEWS = ("pr-review", "change-review", "nightly-audit")
SERVICE = ("reconcile", "sweep", "retention")
"""The flows that keep the service going: some 1,600 runs a day, which nobody looks up later."""

ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]

PAGE = 200
"""The server gives no more rows at once."""

BATCH = 50
"""So many runs are removed in one request, and no more: ``BULK_OPERATION_LIMIT`` of the server."""

MOST = 20_000
"""Of one sweep: the rest is for the next one."""


async def free_runs(
    client: PrefectClient, flows: Sequence[str], days: float, *, dry: bool
) -> Freed:
    """Remove runs that ended before so many days, with their task runs, states, logs, artifacts.

    What has not ended is never removed, however old it is. Task runs and states go with their
    run; the server removes its logs by itself, a little later; events go by its own vacuum.
    """
    runs = artifacts = 0
    while runs < MOST:
        page = await _ended(client, flows, days, offset=runs if dry else 0)
        ids = [run.id for run in page]
        if not ids:
            break
        artifacts += await _free_artifacts(client, ids, dry=dry)
        gone = ids if dry else await _delete(client, ids)
        runs += len(gone)
        if not gone:
            break  # another one is at it
    said = f"and {artifacts} artifacts, of {', '.join(flows)}"
    return Freed("runs", runs, said=said)


async def oldest_live(client: PrefectClient) -> float:
    """Return when the oldest run was made that has not ended, or now; seconds of the epoch."""
    live = FlowRunFilterState(type=FlowRunFilterStateType(any_=[*LIVE, StateType.CANCELLING]))
    made = [datetime.now(UTC)]
    for offset in itertools.count(0, PAGE):
        page = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[*REVIEWS])),
            flow_run_filter=FlowRunFilter(state=live),
            sort=FlowRunSort.ID_DESC,
            limit=PAGE,
            offset=offset,
        )
        made += [run.created for run in page if run.created]
        if len(page) < PAGE:
            break
    return min(made).timestamp()


async def _ended(
    client: PrefectClient, flows: Sequence[str], days: float, offset: int
) -> list[FlowRun]:
    return await client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=list(flows))),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ENDED)),
            end_time=FlowRunFilterEndTime(before_=datetime.now(UTC) - timedelta(days=days)),
        ),
        sort=FlowRunSort.ID_DESC,
        limit=BATCH,
        offset=offset,
    )


async def _delete(client: PrefectClient, ids: Sequence[UUID]) -> list[str]:
    """Remove runs that have still ended; return the ids of those that are gone.

    Somebody may have had one tried again since it was read: the state is asked once more, in
    the one request that removes it.
    """
    which = {"id": {"any_": [str(one) for one in ids]}, "state": {"type": {"any_": ENDED}}}
    answer = await client.request(
        "POST",
        "/flow_runs/bulk_delete",  # type: ignore[arg-type]  # the client's list lacks it
        json={"flow_runs": which, "limit": BATCH},
    )
    gone: list[str] = answer.raise_for_status().json()["deleted"]
    return gone


async def _free_artifacts(client: PrefectClient, ids: Sequence[UUID], *, dry: bool) -> int:
    """Remove what runs have left in the UI: the server would keep it without the runs."""
    removed = 0
    while True:
        page = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=list(ids))),
            limit=PAGE,
            offset=removed if dry else 0,
        )
        for one in page:
            if not dry:
                try:
                    await client.delete_artifact(one.id)
                except ObjectNotFound:
                    continue  # another one is at it
        removed += len(page)
        if len(page) < PAGE:
            return removed
