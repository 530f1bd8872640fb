"""Submit many reviews at once to a service on many machines, and kill parts of it on the way.

    python -m benchmarks.load [--reviews 200] [--repositories 20] [--workers 3] [--slots 6]
                              [--kill worker-1@20 api-1@40 redis@60] [--stay]

Starts everything on this machine (``deployments.cluster``) and a GitHub of its own, submits all
reviews, kills (-9) each part when so many percent of the verdicts are there, and says in tables
what came of it. A worker dies with everything on its machine; all comes back after a second.
Exits 1 where any pull request has not exactly one verdict.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from benchmarks.organisation import Asked, Organisation, organisation
from deployments.cluster.cluster import Cluster, Told
from deployments.cluster.serving import serving
from tasks.core.queueing.marks import QUEUED
from tasks.core.queueing.queues import QUEUES
from tests.fake_github import FakeGitHub

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun

KILLS = ("worker-1@20", "api-1@40", "redis@60")
SMALL = {"only": ["code_quality"]}
"""A small review: what is measured is the service."""

PAGE = 200
PATIENCE = 3600
GRACE = timedelta(seconds=3)
"""For so long after it was submitted, a review may not have been seen by who gives the slots."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What Prefect says of one review that was asked for."""

    asked: Asked
    state: str
    created: datetime
    released: datetime | None
    started: datetime | None
    ended: datetime | None
    restarts: int


def main() -> int:
    """Print what came of the load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=200)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--slots", type=int, default=6)
    parser.add_argument("--kill", nargs="*", default=KILLS, metavar="PART@PERCENT")
    parser.add_argument("--folder", type=Path, help="where to leave data and logs")
    parser.add_argument("--stay", action="store_true", help="wait for Ctrl-C at the end")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started ends with us
    began = time.monotonic()

    def told(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", flush=True)

    with tempfile.TemporaryDirectory(prefix="load-") as scratch, FakeGitHub() as hub:
        asked = organisation(hub, Path(scratch, "shops"), said.reviews, said.repositories)
        told(f"{said.reviews} pull requests in {said.repositories} repositories at {hub.web_url}")
        with (
            Cluster(said.folder or Path(scratch, "cluster"), told=told) as cluster,
            serving(cluster, workers=said.workers, slots=said.slots, github=asked.app),
        ):
            submitted = submit_all(asked, told)
            kill_on_the_way(cluster, asked, said.kill)
            print_tables(ended(submitted), asked.told())
            if said.stay:
                told(f"the UI is at {cluster.places.api.removesuffix('/api')}; Ctrl-C ends all")
                threading.Event().wait()
    return int(asked.told()["once"] != said.reviews)


def submit_all(asked: Organisation, told: Told = print) -> Mapping[str, Asked]:
    """Submit everything; return it by the ids of the runs."""
    began = time.monotonic()
    submitted = asyncio.run(_submit_all(asked.asked))
    told(f"submitted {len(submitted)} reviews in {time.monotonic() - began:.1f} s")
    return submitted


async def _submit_all(asked: Sequence[Asked]) -> dict[str, Asked]:
    from prefect import get_client

    from tasks.service.submit import submit

    async with get_client() as client:
        submitted = {}
        for one in asked:
            how = {"priority": one.priority, "parameters": SMALL}
            run = await submit(client, one.repository, one.number, **how)
            submitted[str(run.id)] = one
    return submitted


def kill_on_the_way(
    cluster: Cluster, asked: Organisation, kills: Sequence[str], seconds: float = PATIENCE
) -> None:
    """Kill each part when so many verdicts are there; return when all are, or it takes too long."""
    due = sorted((int(percent), name) for name, _, percent in (one.partition("@") for one in kills))
    until = time.monotonic() + seconds
    done, seen = 0, -1
    while done < len(asked.asked) and time.monotonic() < until:
        done = asked.told()["once"]
        while due and 100 * done >= due[0][0] * len(asked.asked):
            cluster.kill(due.pop(0)[1])
        if done * 10 // len(asked.asked) != seen:
            seen = done * 10 // len(asked.asked)
            cluster.told(f"{done} verdicts")
        time.sleep(0.5)


def ended(submitted: Mapping[str, Asked], seconds: float = 300) -> Sequence[Ran]:
    """Wait until every run has ended; return what became of each, ended or not."""
    return asyncio.run(_ended(submitted, seconds))


async def _ended(submitted: Mapping[str, Asked], seconds: float) -> Sequence[Ran]:
    from prefect import get_client

    until = time.monotonic() + seconds
    async with get_client() as client:
        while True:
            runs = await _runs(client, tuple(submitted))
            open_ = [run for run in runs if not (run.state and run.state.is_final())]
            if not open_ or time.monotonic() > until:
                return [await _ran(client, run, submitted[str(run.id)]) for run in runs]
            await asyncio.sleep(2)


async def _runs(client: PrefectClient, ids: Sequence[str]) -> list[FlowRun]:
    """Read so many runs; the server gives 200 at a time."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    found = []
    for at in range(0, len(ids), PAGE):
        chosen = FlowRunFilter(id=FlowRunFilterId(any_=list(map(UUID, ids[at : at + PAGE]))))
        found += await client.read_flow_runs(flow_run_filter=chosen, limit=PAGE)
    return found


async def _ran(client: PrefectClient, run: FlowRun, asked: Asked) -> Ran:
    """Return what became of a run; it was given its slot when it was due the first time."""
    states = await client.read_flow_run_states(run.id)
    due = [state.timestamp for state in states if state.is_scheduled() and state.name != QUEUED]
    return Ran(
        asked=asked,
        state=(run.state.name if run.state else "") or "",
        created=states[0].timestamp,
        released=min(due, default=None),
        started=run.start_time,
        ended=run.end_time,
        restarts=sum(state.name == "AwaitingRetry" for state in states),
    )


def overtaken(found: Sequence[Ran]) -> Sequence[tuple[Ran, Ran]]:
    """Return who was given a slot while something more urgent waited, each with that."""
    waited = [(ran, ran.released) for ran in found if ran.released]
    return [
        (early, late)
        for early, given in waited
        for late, later in waited
        if late.asked.priority > early.asked.priority and late.created + GRACE < given < later
    ]


def print_tables(found: Sequence[Ran], told: Counter[str]) -> None:
    """Print who waited how long, and what became of all."""
    first = min(ran.created for ran in found)
    print("\n| queue | reviews | began after: median | last | ended: last |\n|---|---|---|---|---|")
    for priority, queue in QUEUES.items():
        ours = [ran for ran in found if ran.asked.priority is priority and ran.ended]
        if ours:
            began = [(ran.started - first).total_seconds() for ran in ours if ran.started]
            last = max((ran.ended - first).total_seconds() for ran in ours)
            cells = f"{statistics.median(began):.0f} s | {max(began):.0f} s | {last:.0f} s"
            print(f"| {queue} | {len(ours)} | {cells} |")
    states = ", ".join(f"{count} {name}" for name, count in Counter(r.state for r in found).items())
    minutes = (max(ran.ended for ran in found if ran.ended) - first).total_seconds() / 60
    print(f"\n{len(found) / minutes:.1f} reviews a minute; runs: {states}")
    print(f"begun again after a death: {sum(ran.restarts for ran in found)}")
    print(f"given a slot while something more urgent waited: {len(overtaken(found))} pairs")
    print(f"verdicts: {told['once']} once, {told['not']} not, {told['twice']} twice")


if __name__ == "__main__":
    sys.exit(main())
