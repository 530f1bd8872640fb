"""What a sweep asks of GitHub and of the Prefect server: the settings, the heads, the runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from pydantic import ValidationError

from blocks.github import GitHubApp, GitHubToken
from tasks.core.forge.sweeping import OpenPull, SweepSettings
from tasks.errors import CannotReview
from tasks.forge.connection import connect
from tasks.forge.credentials import APP, DEFAULT, TOKEN
from tasks.forge.open_pulls import open_pulls
from tasks.review_state import subject_of
from tasks.runs import HEAD, LIVE

PAGE = 200
"""The server gives no more rows at once."""

KEYS = 100
"""Keys of one question: each is some 90 characters."""

FLOW = "pr-review"


async def sweep_settings(client: PrefectClient, using: str = "") -> tuple[str, SweepSettings]:
    """Return the block that says what is swept, and what it says.

    ``using`` names one; without it that is the App ``default``, else the token ``default``.
    Where there is no block nothing is to be swept.

    Raises:
        CannotReview: there is no block of the name that was given, or it cannot be used.
    """
    kinds: dict[str, type[GitHubApp | GitHubToken]] = {APP: GitHubApp, TOKEN: GitHubToken}
    for name in [using] if using else [f"{kind}/{DEFAULT}" for kind in kinds]:
        kind, _, document = name.partition("/")
        if kind not in kinds:
            raise CannotReview(f"{name[:100]!a} is no connection: say {APP}/NAME or {TOKEN}/NAME")
        try:
            block: GitHubApp | GitHubToken = await kinds[kind].aload(document, client=client)
        except ValidationError as error:
            why = "; ".join(f"{part['loc'][0]}: {part['msg']}" for part in error.errors())
            raise CannotReview(f"the block {name} cannot be used: {why}") from None
        except ValueError:  # how Prefect says that there is none
            continue
        return name, block.sweep
    if using:
        raise CannotReview(f"there is no block {using[:100]} on this Prefect server")
    return "", SweepSettings()


@task(
    name="look_for_pull_requests",
    task_run_name="{repository}",
    cache_policy=NO_CACHE,
    persist_result=False,
    timeout_seconds=300,
)
def look(repository: str, using: str, check: str, since: datetime) -> tuple[OpenPull, ...]:
    """Return the open pull requests of a repository that were touched since then.

    Raises:
        ReviewError: they cannot be seen.
    """
    with connect(repository, using) as connection:
        return open_pulls(connection, repository, check, since)


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


async def swept_before(client: PrefectClient, pulls: Sequence[OpenPull]) -> set[str]:
    """Return the keys of those heads that a sweep has submitted: what became of them is known."""
    keys: set[str] = set()
    for start in range(0, len(pulls), KEYS):
        asked = [pull.key for pull in pulls[start : start + KEYS]]
        there = FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=asked))
        keys.update(run.idempotency_key or "" for run in await _runs(client, there))
    return keys


async def _runs(client: PrefectClient, which: FlowRunFilter) -> list[FlowRun]:
    found: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
            flow_run_filter=which,
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=PAGE,
            offset=len(found),
        )
        found += page
        if len(page) < PAGE:
            return found
