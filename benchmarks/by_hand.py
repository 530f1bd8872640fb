"""The tools of a review without the review: their command lines, run two at a time by xargs."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.analyse import wanted
from tasks.analysers import ANALYSERS
from tasks.analysers.contract import Analyser, Target
from tasks.checkout import prepare
from tasks.core.change import ChangedFile, ChangeSet
from tasks.core.policy import ReviewPolicy
from tasks.git import open_repository
from tasks.look import looking, settings_of
from tasks.process import bare_environment
from tasks.python_version import python_of


@dataclass(frozen=True, slots=True)
class Call:
    """One command line of one tool, and the files it is about as the repository names them."""

    analyser: Analyser
    command: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, and of CPU."""

    wall: float
    cpu: float


def calls_of(
    repository: Path, base: str, head: str, scratch: Path, off: Sequence[str]
) -> Iterator[Call]:
    """Yield the calls a review of this change makes when it knows nothing yet, ``off`` left out."""
    policy = ReviewPolicy()
    repo = open_repository(str(repository)).with_scratch(str(scratch))
    ids = repo.resolve(base), repo.resolve(head)
    change = prepare(repo, *ids, name="by hand", scratch=str(scratch), policy=policy)
    python = python_of(repo, ids[0])
    for names in looking(change, policy).values():
        for name in names:
            if name not in off:
                yield from _of_tool(ANALYSERS[name], change, policy, python)


def _of_tool(
    analyser: Analyser, change: ChangeSet, policy: ReviewPolicy, python: str
) -> Iterator[Call]:
    files = wanted(analyser, change.looked_at)
    for batch in [(file,) for file in files] if analyser.singly else [files]:
        settings = settings_of(analyser.name, analyser.step, policy)
        target = Target(
            files=tuple(file.head for file in batch),
            before={file.head: file.base for file in batch if file.base},
            paths=_paths(batch),
            python=python,
            settings=settings,
        )
        yield Call(analyser, tuple(analyser.command(target)), tuple(file.path for file in batch))


def _paths(files: Sequence[ChangedFile]) -> dict[str, str]:
    return {f.head: f.path for f in files} | {f.base: f.base_path for f in files if f.base}


def script(call: Call, folder: Path, number: int) -> Path:
    """Write a call as a shell script that runs in an empty folder of its own; return where."""
    cwd = folder / f"{number}"
    cwd.mkdir(parents=True, exist_ok=True)
    for name, text in call.analyser.files.items():
        (cwd / name).write_text(text, encoding="utf-8")
    path = folder / f"{number}-{call.analyser.name}.sh"
    # what it found is not an error: xargs and the hooks are to go on
    line = f"cd {shlex.quote(str(cwd))}\n{shlex.join(call.command)} >/dev/null 2>&1\nexit 0\n"
    path.write_text(line, encoding="utf-8")
    return path


def run(scripts: Sequence[Path], folder: Path, at_once: int = 2) -> Cost:
    """Run the scripts, so many at once, in the environment a review gives its tools."""
    command = ["xargs", f"-P{at_once}", "-n1", "sh"]
    return timed(command, bare_environment(str(folder)), "\n".join(map(str, scripts)))


def timed(
    command: Sequence[str], env: dict[str, str] | None, given: str = "", cwd: Path | None = None
) -> Cost:
    """Run a command to its end, whatever that is; return what it and its children cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        command,
        env=env,
        cwd=cwd,
        input=given.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def hooks(calls: Sequence[Call], scripts: Sequence[Path]) -> str:
    """Return a pre-commit configuration with these calls as local hooks.

    A tool whose command line ends in its files is given them by the hook runner, from the work
    tree. One that compares with the base, or is to see all files at once, runs as it is.
    """
    return json.dumps(
        {
            "fail_fast": False,
            "repos": [
                {
                    "repo": "local",
                    "hooks": [_hook(call, path) for call, path in zip(calls, scripts, strict=True)],
                }
            ],
        },
        indent=1,
    )


def _hook(call: Call, path: Path) -> dict[str, object]:
    analyser, count = call.analyser, len(call.paths)
    one_by_one = not (analyser.compares or analyser.whole or analyser.singly or analyser.files)
    names = "|".join(re.escape(name) for name in call.paths)
    return {
        "id": path.stem,
        "name": path.stem,
        "language": "system",
        "entry": shlex.join(call.command[:-count]) if one_by_one else f"sh {path}",
        "files": f"^({names})$",
        "pass_filenames": one_by_one,
    }


def hook_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a hook runner: that of our tools, and a place for its cache."""
    home = {"PRE_COMMIT_HOME": str(folder / "pre-commit"), "PREK_HOME": str(folder / "prek")}
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**bare_environment(str(folder)), **home, **git}
