"""Small real projects in a git repository, for the steps that run an author's code."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tasks.checkout import prepare
from tasks.core.plan import TaskDefinition
from tasks.core.policy import ReviewPolicy, TestsPolicy
from tasks.git import open_repository
from tasks.steps import StepRun

Tree = Mapping[str, str]


def commit(folder: Path, tree: Tree) -> str:
    """Make a commit of exactly these files; return its id."""
    git(folder, "rm", "-rfq", "--ignore-unmatch", "--", ".")
    for name, text in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A", "--force")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a state")
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C"},
    ).stdout.strip()


@contextmanager
def step_run(
    folder: Path,
    base: Tree,
    head: Tree,
    *,
    seconds: float = 60,
    python: str = sys.executable,
    threshold: float = 80,
    **tests: object,
) -> Iterator[StepRun]:
    """Yield a step to be run over the change from one tree to another."""
    git_folder = folder / "checkout"
    git_folder.mkdir()
    git(git_folder, "init", "-q")
    before, after = commit(git_folder, base), commit(git_folder, head)
    policy = ReviewPolicy(
        tests=TestsPolicy(python=python, **tests),  # type: ignore[arg-type]
        coverage_threshold=threshold,
    )
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        repository = open_repository(str(git_folder)).with_scratch(scratch)
        change = prepare(repository, before, after, name="t", scratch=scratch, policy=policy)
        yield StepRun(
            step=TaskDefinition(name="test_coverage", description="tests"),
            change=change,
            policy=policy,
            until=time.monotonic() + seconds,
        )
