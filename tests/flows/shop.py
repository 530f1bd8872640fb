"""A pull request on a GitHub of a test's own, and its reviews as the Actions there make them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from flows.audience import AUDIENCE, Audience
from flows.pr_review import review_pull_request
from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.state import CheckRun, Pull

QUICK = ("code_quality",)
"""The steps of a test that is not about steps."""

DOCSTRING = '"""A shop."""\n'
BASE = {"app.py": DOCSTRING}
BROKEN = {"app.py": f"{DOCSTRING}\nanswer = halve(21)\n"}
"""One error: ``ruff/F821``."""


OURS = {"tests": {"sandbox": "none", "python": sys.executable}}
"""The policy of an operator who trusts whom they review."""

SLOW = """\
import os
import pathlib
import time


def test_slow():
    folder = pathlib.Path({folder!r})
    (folder / "pid.part").write_text(str(os.getpid()))
    (folder / "pid.part").rename(folder / "pid")
    for _ in range(1200):
        if (folder / "go").exists():
            return
        time.sleep(0.1)
"""
"""A test that says which process it is, and waits until it is told to end."""


SLOWLY = ("--policy", "policy.yaml", "--only", "test_coverage", "--no-cache")
"""How the command runs that test."""


class Heard(Audience):
    """Writes down what it hears, and does something when the steps begin, once."""

    def __init__(self, at_start=lambda: None):
        self.lines, self.verdicts, self.reasons = [], [], []
        self.at_start = at_start

    def told(self, text):
        self.lines.append(text)

    def without_verdict(self, why):
        self.reasons.append(why)

    def prepared(self, change, plan):
        del change, plan
        act, self.at_start = self.at_start, lambda: None
        act()

    def decided(self, verdict, shown):
        del shown
        self.verdicts.append(verdict)


@dataclass
class Shop:
    """One repository, one pull request."""

    github: FakeGitHub
    project: Repo
    folder: Path
    name: str
    pull: Pull = field(init=False)

    def open(self, change=None, base=None, **how: Any) -> Pull:
        """Open the pull request of the branch ``feature``."""
        self.project.commit(base or BASE)
        self.project.git("checkout", "-q", "-b", "feature")
        self.project.commit(BROKEN if change is None else change)
        self.github.add_repository(self.name, self.project.folder)
        self.pull = self.github.open_pull(self.name, head="feature", **how)
        return self.pull

    def open_slow(self) -> Path:
        """Open it with a test that does not end; return where that says which process it is."""
        (self.folder / "policy.yaml").write_text(json.dumps(OURS))
        self.open({**BROKEN, "tests/test_slow.py": SLOW.format(folder=str(self.folder))})
        return self.folder / "pid"

    def push(self, change: dict[str, str] | None = None) -> str:
        return self.project.commit(change or {"more.py": '"""More."""\n'})

    def review(self, audience: Audience | None = None, token: str = "", **how: Any):
        """Review it in this process; return the state its run ended in."""
        os.environ["GITHUB_TOKEN"] = token or self.github.actions_token(self.name)
        how = {"only": QUICK, **how}

        def run():
            AUDIENCE.set(audience or Heard())
            return asyncio.run(
                review_pull_request(self.name, self.pull.number, return_state=True, **how)
            )

        return copy_context().run(run)

    def process(self, *arguments: str, token: str = "", **environment: str):
        """Start ``review pr`` of it in a process of its own."""
        os.environ["GITHUB_TOKEN"] = token or self.github.actions_token(self.name)
        command = Path(sys.executable).parent / "review"
        return subprocess.Popen(
            [command, "pr", f"{self.name}#{self.pull.number}", "--publish", *arguments],
            env={**os.environ, **environment},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def checks(self) -> list[tuple[str, str, str | None]]:
        """The check runs there are, the oldest first: whose head, how far, how they ended."""
        return [(run.head_sha, run.status, run.conclusion) for run in self.pull.repo.check_runs]

    def check(self, head: str = "") -> CheckRun:
        """The one check run of a head."""
        head = head or self.github.pull(self.name, self.pull.number).head_sha
        (run,) = [run for run in self.pull.repo.check_runs if run.head_sha == head]
        return run

    def conclusion(self, head: str = "") -> tuple[str, str | None]:
        run = self.check(head)
        return run.status, run.conclusion

    def said_once(self, head: str) -> bool:
        """Whether a head has its one review, the pull request its one summary, each line one
        comment."""
        places = [
            (first.path, first.original_line)
            for first in (thread.comments[0] for thread in self.pull.threads)
        ]
        return (
            [review.commit_id for review in self.pull.reviews].count(head) == 1
            and len(self.pull.comments) == 1
            and len(places) == len(set(places))
        )


def wait_until(claim, seconds: float = 30.0) -> float:
    """Wait until something is so; return how long that took."""
    began = time.monotonic()
    while not claim():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.05)
    return time.monotonic() - began


def alive(pid: int) -> bool:
    """Whether a process works: one that ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def error_of(state: Any) -> object:
    """What a failed run raised."""
    return state.result(raise_on_failure=False)


def states_of(run: UUID) -> list[tuple[str, str | None]]:
    """The states a run went through, by name, with what was said of them."""

    async def ask():
        async with get_client() as client:
            found = await client.read_flow_run_states(run)
            return [(state.name, state.message) for state in found]

    return asyncio.run(ask())


def runs_of(name: str) -> list[FlowRun]:
    """The runs of a repository's pull request, as the server has them, the oldest first."""

    async def ask():
        async with get_client() as client:
            return await client.read_flow_runs(
                flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[f"{name}#1"])),
                sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            )

    return asyncio.run(ask())


def end(*processes: subprocess.Popen) -> None:
    """End what a test started, if it still runs."""
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()
