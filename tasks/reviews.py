"""The reviews that the server knows, the newest first, and each with what is known of it."""

from __future__ import annotations

import itertools
import string
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterType,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType, TaskRun
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort, TaskRunSort
from prefect.exceptions import ObjectNotFound

from tasks.core.queueing.positions import Position
from tasks.core.state import WorkflowStatus
from tasks.errors import CannotReview
from tasks.review_state import Review, repository_of, state_of, steps_of, subject_of, word_of
from tasks.service.places import places

FLOWS = ("pr-review", "change-review")
"""The names of the flows whose runs are reviews."""

PAGE = 100
"""How many rows are asked for at once; the server gives no more than 200."""

MOST = 1000
"""So many of the newest reviews are looked through."""

SHORTEST = 4
"""Characters of an id that are enough to mean one."""

NAMED = 3
"""So many of the reviews that can be meant are named."""

NOWHERE: Mapping[str, Position] = MappingProxyType({})

RUNNING = (StateType.RUNNING, StateType.CANCELLING)
WAITING = (StateType.SCHEDULED, StateType.PENDING, StateType.PAUSED)
ENDED = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)


async def reviews(
    client: PrefectClient,
    *,
    limit: int,
    repository: str = "",
    words: Collection[WorkflowStatus] = (),
) -> tuple[Review, ...]:
    """Return at most so many: what runs, then what waits, then what has ended.

    What waits for a slot is in the order in which slots are given; else the newest are first.
    ``repository`` is ``owner/name``; ``words`` are the states asked for, none of them for all.
    """
    found: list[FlowRun] = []
    standing = await places(client)
    for types in (RUNNING, WAITING, ENDED):
        some: list[FlowRun] = []
        async for run in _newest(client, types):
            if types is not WAITING and len(found) + len(some) >= limit:
                break
            if repository and repository_of(run).lower() != repository.lower():
                continue
            if not words or word_of(run.state) in words:
                some.append(run)
        if types is WAITING:
            some.sort(key=lambda run: _turn(standing.get(str(run.id))))
        found += some
    return await looked_at(client, found[:limit], standing)


def _turn(place: Position | None) -> tuple[bool, int]:
    """Return what sorts those in the line first, in their order, and leaves the others theirs."""
    return place is None, place.of_all if place else 0


async def find(client: PrefectClient, text: str) -> FlowRun:
    """Return the run of this id, or whose id begins so.

    Raises:
        CannotReview: there is none, or more than one.
    """
    try:
        return await client.read_flow_run(UUID(text))
    except ValueError:
        pass  # only the beginning of one
    except ObjectNotFound:
        raise CannotReview(f"no run has the id {text}; see `review list`") from None
    if len(text) < SHORTEST or not set(text.lower()) <= {*string.hexdigits, "-"}:
        raise CannotReview(
            f"{text[:100]!a} is no review; name it by OWNER/REPO#N, or by {SHORTEST} or more "
            "characters of its id: see `review list`"
        )
    return the_one(text, [run async for run in _newest(client)])


def the_one(beginning: str, runs: Iterable[FlowRun]) -> FlowRun:
    """Return the only run whose id begins so.

    Raises:
        CannotReview: there is none, or more than one.
    """
    # by their ids: a run that moved while the pages were read may be there twice
    found = {run.id: run for run in runs if str(run.id).startswith(beginning.lower())}
    if not found:
        raise CannotReview(
            f"none of the newest {MOST:,} reviews has an id that begins with {beginning}"
        )
    run, *others = found.values()
    if others:
        ids = ", ".join(str(one) for one in [*found][:NAMED])
        raise CannotReview(f"{len(found)} reviews have an id that begins with {beginning}: {ids}")
    return run


async def newest_of(client: PrefectClient, repository: str, number: int) -> FlowRun:
    """Return the newest run on a pull request.

    Raises:
        CannotReview: there is none.
    """
    wanted = f"{repository}#{number}"
    newest: FlowRun | None = None
    async for run in _newest(client):
        if newest and _due(run) < _born(newest):
            break
        if subject_of(run).lower() == wanted.lower() and (not newest or _born(run) > _born(newest)):
            newest = run
    if newest is None:
        raise CannotReview(f"none of the newest {MOST:,} reviews is of {wanted}")
    return newest


def _born(run: FlowRun) -> float:
    return run.created.timestamp() if run.created else 0.0


def _due(run: FlowRun) -> float:
    """Return when it was to begin at first: it is never born later, but long before if held."""
    return run.expected_start_time.timestamp() if run.expected_start_time else _born(run)


async def looked_at(
    client: PrefectClient, runs: Sequence[FlowRun], standing: Mapping[str, Position] = NOWHERE
) -> tuple[Review, ...]:
    """Return runs with what their task runs and artifacts say, and with their places."""
    found: list[Review] = []
    for start in range(0, len(runs), PAGE):
        some = runs[start : start + PAGE]
        ids = [run.id for run in some]
        task_runs = await _task_runs(client, ids)
        told = await _told(client, ids)
        for run in some:
            steps = task_runs.get(run.id, [])
            state = state_of(run, steps, told.get((run.id, "progress"), ""))
            verdict = told.get((run.id, "markdown"), "")
            place = standing.get(str(run.id))
            found.append(Review(run, state, steps_of(steps), verdict, place))
    return tuple(found)


async def _newest(client: PrefectClient, types: Sequence[StateType] = ()) -> AsyncIterator[FlowRun]:
    """Yield reviews, the newest first."""
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))) if types else None
    for offset in range(0, MOST, PAGE):
        page = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=list(FLOWS))),
            flow_run_filter=FlowRunFilter(state=state),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=PAGE,
            offset=offset,
        )
        for run in page:
            yield run
        if len(page) < PAGE:
            return


async def _task_runs(client: PrefectClient, ids: list[UUID]) -> dict[UUID | None, list[TaskRun]]:
    """Return the task runs of runs, in the order of their start."""
    found: dict[UUID | None, list[TaskRun]] = {}
    for offset in itertools.count(0, PAGE):
        page = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)),
            sort=TaskRunSort.EXPECTED_START_TIME_ASC,
            limit=PAGE,
            offset=offset,
        )
        for one in page:
            found.setdefault(one.flow_run_id, []).append(one)
        if len(page) < PAGE:
            break
    return found


async def _told(client: PrefectClient, ids: list[UUID]) -> dict[tuple[UUID | None, str], str]:
    """Return what the newest artifacts of runs say of themselves, by run and type."""
    told: dict[tuple[UUID | None, str], str] = {}
    for offset in itertools.count(0, PAGE):
        page = await client.read_artifacts(
            artifact_filter=ArtifactFilter(
                flow_run_id=ArtifactFilterFlowRunId(any_=ids),
                type=ArtifactFilterType(any_=["progress", "markdown"]),
            ),
            sort=ArtifactSort.CREATED_DESC,
            limit=PAGE,
            offset=offset,
        )
        for one in page:
            told.setdefault((one.flow_run_id, one.type or ""), one.description or "")
        if len(page) < PAGE:
            break
    return told
