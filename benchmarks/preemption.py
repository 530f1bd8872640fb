"""Time how soon a critical review begins when every slot is in the middle of a long test.

    python -m benchmarks.preemption [--rounds 6] [--slots 2]

Starts a service and a GitHub of its own (``review up``), fills every slot with a review of low
priority whose tests take ten minutes, and then, round by round, submits a critical one and
waits until the one that gave way is in its tests again. Exits 1 where anything was said twice.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from benchmarks.organisation import ENDLESS, _repository
from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import QUEUED
from tests.deployments.service.serving import Service
from tests.fake_github import FakeGitHub
from tests.fake_github.limits import Limits

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import State

NAME = "acme/shop"
OURS = {"tests": {"sandbox": "none", "python": sys.executable}}
"""The policy of an operator who trusts whom they review: what is timed is not the sandbox."""

LONG = """\
import os
import pathlib
import time


def test_long():
    folder = pathlib.Path({folder!r})
    (folder / str(os.getpid())).touch()
    time.sleep(600)
"""


class Overtaken(NamedTuple):
    """Seconds after a critical review was created."""

    slot: float
    running: float
    ended: float


@dataclass(frozen=True, slots=True)
class Bench:
    """A service whose slots are all taken by tests that write down their processes."""

    service: Service
    tests: Path

    def at_work(self) -> int:
        """Return how many long tests run now."""
        return sum(Path("/proc", test.name).exists() for test in self.tests.iterdir())

    def submit(self, number: int, priority: TaskPriority, *steps: str) -> UUID:
        """Submit a pull request's review; return its run."""
        from tasks.service.submit import submit

        async def asking(client: PrefectClient) -> UUID:
            parameters = {"only": list(steps), "policy": OURS, "cache": False}
            run = await submit(client, NAME, number, priority=priority, parameters=parameters)
            return run.id

        run: UUID = self.service.ask(asking)
        return run

    def states(self, run: UUID) -> Sequence[State]:
        """Return what a run went through."""

        async def asking(client: PrefectClient) -> Sequence[State]:
            return await client.read_flow_run_states(run)

        states: Sequence[State] = self.service.ask(asking)
        return states


def main() -> int:
    """Print how soon it was, each time and in the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--slots", type=int, default=2)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preemption-") as scratch, FakeGitHub() as hub:
        tests = Path(scratch, "tests")
        tests.mkdir()
        pulls = _pulls(hub, Path(scratch, "shop"), tests, said.slots + said.rounds)
        service = Service(Path(scratch, "home"))
        token = hub.actions_token(NAME)
        connected = {"GITHUB_API_URL": hub.api_url, "GITHUB_TOKEN": token}
        service.review("up", "--detach", "--slots", str(said.slots), **connected)
        try:
            found = _rounds(Bench(service, tests), pulls, said.slots)
        finally:
            service.run("review", "down")
        opened = hub.repositories[NAME].pulls.values()
        twice = any(len(pull.reviews) > 1 for pull in opened)
    _print(found, said.slots)
    return int(twice)


def _pulls(hub: FakeGitHub, folder: Path, tests: Path, count: int) -> Sequence[int]:
    """Open so many pull requests, each with a test that takes ten minutes; return their numbers."""
    hub.limits = Limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS)
    repository = _repository(folder, 0)
    for number in range(count):
        repository.git("checkout", "-q", "-b", f"change-{number}", "main")
        broken = f'"""A part."""\n\nanswer = halve({number})\n'
        long = LONG.format(folder=str(tests))
        repository.commit({f"part_{number}.py": broken, "tests/test_long.py": long})
    hub.add_repository(NAME, repository.folder)
    return [hub.open_pull(NAME, head=f"change-{number}").number for number in range(count)]


def _rounds(bench: Bench, pulls: Sequence[int], slots: int) -> Sequence[Overtaken]:
    for number in pulls[:slots]:
        bench.submit(number, TaskPriority.LOW, "test_coverage")
    found = []
    for number in pulls[slots:]:
        _until(lambda: bench.at_work() == slots)
        run = bench.submit(number, TaskPriority.CRITICAL, "code_quality")
        _until(lambda run=run: bench.states(run)[-1].is_final())
        found.append(_overtaken(bench.states(run)))
        print(json.dumps(found[-1]._asdict()), flush=True)
    return found


def _until(true: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise SystemExit(f"not within {seconds} s")
        time.sleep(0.2)


def _overtaken(states: Sequence[State]) -> Overtaken:
    """Return when a review was given its slot: when it was due the first time."""
    created = states[0].timestamp
    due = next(state for state in states if state.is_scheduled() and state.name != QUEUED)
    running = next(state for state in states if state.is_running())
    seconds = [(state.timestamp - created).total_seconds() for state in (due, running, states[-1])]
    return Overtaken(*seconds)


def _print(found: Sequence[Overtaken], slots: int) -> None:
    print(f"\n{slots} slots, all in a test of ten minutes; seconds after a critical one came")
    print("\n| | median | min - max | n |\n|---|---|---|---|")
    for name in Overtaken._fields:
        column = [getattr(each, name) for each in found]
        spread = f"{min(column):.2f} - {max(column):.2f}"
        print(f"| {name} | {statistics.median(column):.2f} | {spread} | {len(column)} |")


if __name__ == "__main__":
    sys.exit(main())
