"""Which heads reviews wait for or are at, and which they have had before: so Prefect says."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.taken import EarlierRun
from tasks.core.queueing.marks import NOT_REVIEWED
from tasks.review_state import subject_of
from tasks.runs import HEAD, LIVE
from tasks.service.inbound import CLOSED
from tasks.service.live import FLOW, MOVED, PAGE, head_of

AT_ONCE = 50
"""Pull requests of one question: their keys and tags are some 200 characters each."""

SUPERSEDED = "Superseded"
"""The name of the state of a run whose head another one has taken the place of."""

PASSED = ("superseded by ", MOVED, CLOSED)
"""How the reasons begin for which a run ends that was not to, as far as its head goes."""


async def live_heads(client: PrefectClient) -> dict[str, set[str]]:
    """Return the heads that reviews wait for or are at, by the lower-case pull request.

    A run that has not begun has the head "".
    """
    heads: dict[str, set[str]] = {}
    live = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=LIVE)))
    for run in await _runs(client, live):
        of = heads.setdefault(subject_of(run).lower(), set())
        of.update([tag.removeprefix(HEAD) for tag in run.tags if tag.startswith(HEAD)] or [""])
    return heads


async def runs_before(client: PrefectClient, pulls: Sequence[OpenPull]) -> tuple[EarlierRun, ...]:
    """Return the reviews there have been of these pull requests, or were to be of their heads."""
    found: dict[UUID, FlowRun] = {}
    for start in range(0, len(pulls), AT_ONCE):
        asked = pulls[start : start + AT_ONCE]
        keys = FlowRunFilterIdempotencyKey(any_=[pull.key for pull in asked])
        # people write a repository's name in any case: then only the head's tag is the same
        tags = [tag for pull in asked for tag in (pull.name, f"{HEAD}{pull.head}")]
        for which in (
            FlowRunFilter(idempotency_key=keys),
            FlowRunFilter(tags=FlowRunFilterTags(any_=tags)),
        ):
            found |= {run.id: run for run in await _runs(client, which)}
    return tuple(_earlier(run) for run in found.values())


def _earlier(run: FlowRun) -> EarlierRun:
    state = run.state
    said = (state.message if state else "") or ""
    ended = state.timestamp if state and state.is_final() else None
    name = state.name if state else ""
    return EarlierRun(
        run=str(run.id),
        pull=subject_of(run).lower(),
        key=run.idempotency_key or "",
        head=head_of(run),
        ended=ended,
        of_service=run.deployment_id is not None and run.parameters.get("publish") is not False,
        passed=bool(ended) and (name == SUPERSEDED or said.startswith(PASSED)),
        why_not=said if name == NOT_REVIEWED else "",
    )


async def _runs(client: PrefectClient, which: FlowRunFilter) -> list[FlowRun]:
    found: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(
            flow_filter=FLOW,
            flow_run_filter=which,
            sort=FlowRunSort.ID_DESC,
            limit=PAGE,
            offset=len(found),
        )
        found += page
        if len(page) < PAGE:
            return found
