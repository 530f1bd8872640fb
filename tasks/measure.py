"""Measure the base and the head of a change in the sandbox: import times, and benchmarks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tasks.analysers.contract import is_test
from tasks.core.change import ChangeSet
from tasks.core.finding import Finding
from tasks.core.render.escape import one_line
from tasks.core.report import Gap, Use
from tasks.core.timings import (
    MOST_BYTES,
    Benchmark,
    compared_benchmarks,
    compared_imports,
    import_seconds,
    read_benchmarks,
)
from tasks.environment import NotUsableError, modules_of, pytest_arguments
from tasks.interpreter import NoInterpreterError, project_interpreter
from tasks.process import Ended
from tasks.room import NoAnswerError, Room, opened
from tasks.sandbox import available
from tasks.steps import StepRun

RUNS = 5
"""Of each side, in turn, so that both see the same machine; after one that only compiles."""

IMPORT_PATIENCE = 20
"""Seconds one import may take."""

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)

ASKS_FOR_BENCHMARK = re.compile(rb"(?m)^\s*(?:async )?def test\w*\([^)]*\bbenchmark\b")
"""A test that asks for pytest-benchmark's fixture."""

MOST_SOURCE = 1_000_000
"""Bytes of a test file that are read."""

Measured = tuple[list[Finding], list[Gap], list[str], list[Use]]


class NotMeasuredError(Exception):
    """Something could not be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both trees, and how long is left to look at them."""

    base: Room
    head: Room
    run: StepRun

    def python(self, room: Room, arguments: Sequence[str], patience: float) -> Ended:
        """Run the project's interpreter in one of the trees.

        Raises:
            NotMeasuredError: there is no time left, or it did not end by itself in time.
        """
        seconds = min(patience, self.run.seconds_left)
        if seconds <= 0:
            raise NotMeasuredError("no time was left")
        ended = room.python(arguments, seconds=seconds, stop=self.run.stop)
        if ended.stopped:
            raise NotMeasuredError(f"it was ended after {ended.seconds:.0f} s")
        return ended


def measure_performance(run: StepRun) -> Measured:
    """Return what became slower, and the facts: figures, or why there is none.

    What could not be measured is a fact and no gap: nothing is promised here, and nothing guessed.
    """
    tests = run.policy.tests
    packages = changed_packages(run.change)
    try:
        interpreter = project_interpreter(tests.python, run.change.repository)
    except NoInterpreterError as error:
        return [], [], [f"import times and benchmarks were not measured: {error}"], []
    if tests.sandbox == "bubblewrap" and (why := available()):
        return [], [], [f"import times and benchmarks were not measured: {why}"], []
    if not any(file.path.endswith(".py") for file in run.change.files):
        return [], [], ["import times and benchmarks were not measured: no Python changed"], []
    findings: list[Finding] = []
    facts: list[str] = []
    with (
        opened(run.change, "base", interpreter, tests) as base,
        opened(run.change, "head", interpreter, tests) as head,
    ):
        sides = _Sides(base, head, run)
        benchmarks = sorted(_asking(head) & _asking(base))  # before any of their code ran
        for package, path in packages.items():
            slower, fact = _import_time(sides, package, path)
            findings += [slower] if slower else []
            facts.append(fact)
        slow, more = _benchmarks(sides, benchmarks)
        return findings + slow, [], facts + more, [_use(base, head)]


def changed_packages(change: ChangeSet) -> dict[str, str]:
    """Return the packages the change touches, each with its own file.

    These are folders with an ``__init__.py`` at the top or below ``src``; a
    module alone may be a script that does something when it is imported.
    """
    found: dict[str, str] = {}
    for file in change.files:
        parts = PurePosixPath(file.path).parts
        parts = parts[1:] if parts[:1] == ("src",) else parts
        if len(parts) > 1 and file.path.endswith(".py") and not is_test(file.path):
            top = file.path[: len(file.path) - len("/".join(parts[1:])) - 1]
            if NAME.fullmatch(parts[0]):
                found.setdefault(parts[0], f"{top}/__init__.py")
    return found


def _import_time(sides: _Sides, package: str, path: str) -> tuple[Finding | None, str]:
    """Measure how long a package takes to import at the base and at the head."""
    if path not in sides.head.files or path not in sides.base.files:
        side = "head" if path not in sides.head.files else "base"
        return None, f"import {package}: not measured, it is no package at the {side}"
    times: dict[str, list[float]] = {"base": [], "head": []}
    try:
        for turn in range(RUNS + 1):
            for side, room in (("base", sides.base), ("head", sides.head)):
                seconds = _imported(sides, room, package, side)
                if turn:
                    times[side].append(seconds)
    except NotMeasuredError as error:
        return None, f"import {package}: not measured, {error}"
    return compared_imports(package, path, times["base"], times["head"])


def _imported(sides: _Sides, room: Room, package: str, side: str) -> float:
    """Import a package once in a new interpreter; return the seconds it took."""
    command = ["-X", "importtime", "-c", f"import {package}"]
    ended = sides.python(room, command, IMPORT_PATIENCE)
    if ended.exit_code != 0:
        words = one_line(ended.last_words, 200)
        raise NotMeasuredError(f"it cannot be imported at the {side}: {words}")
    try:
        return import_seconds(ended.errors, package)
    except ValueError as error:
        raise NotMeasuredError(str(error)) from error


def _benchmarks(sides: _Sides, files: Sequence[str]) -> tuple[list[Finding], list[str]]:
    """Run the benchmarks of these files at the base and at the head, and compare them."""
    if not files:
        return [], ["benchmarks: none to compare (no test asks for pytest-benchmark's fixture)"]
    try:
        modules = modules_of(sides.head, sides.run)
        if "pytest_benchmark" not in modules:
            raise NotMeasuredError("the environment has no pytest-benchmark")  # noqa: TRY301 - said below
        before = _benchmarked(sides, sides.base, files, modules)
        after = _benchmarked(sides, sides.head, files, modules)
    except (NotMeasuredError, NotUsableError) as error:
        return [], [f"benchmarks: not measured, {error}"]
    return compared_benchmarks(before, after, sides.head.files)


def _asking(room: Room) -> set[str]:
    """Return the test files of a tree, as it was made, in which a test asks for a benchmark."""
    found = set()
    for path in room.files:
        if path.endswith(".py") and ("test" in path or "bench" in path):
            with (room.folder / "tree" / path).open("rb") as file:
                if ASKS_FOR_BENCHMARK.search(file.read(MOST_SOURCE)):
                    found.add(path)
    return found


def _benchmarked(
    sides: _Sides, room: Room, files: Sequence[str], modules: Iterable[str]
) -> dict[str, Benchmark]:
    """Run the benchmarks of these files in one tree."""
    command = ["-m", "pytest", "--benchmark-only", f"--benchmark-json={room.result}/benchmark.json"]
    command += [*pytest_arguments(room, modules), "--", *files]
    ended = sides.python(room, command, sides.run.seconds_left / 2)  # the other side wants as much
    if ended.exit_code not in {0, 1}:
        raise NotMeasuredError(f"pytest ended with {ended.exit_code}")
    try:
        return read_benchmarks(room.answer("benchmark.json", MOST_BYTES))
    except (NoAnswerError, ValueError) as error:
        words = one_line(ended.last_words, 200)
        raise NotMeasuredError(f"their results cannot be read: {error} ({words})") from error


def _use(base: Room, head: Room) -> Use:
    """Return what both trees have cost together."""
    one, other = base.use("measure"), head.use("measure")
    return Use(
        tool="measure",
        seconds=one.seconds + other.seconds,
        cpu_seconds=one.cpu_seconds + other.cpu_seconds,
        peak_bytes=max(one.peak_bytes, other.peak_bytes),
        calls=one.calls + other.calls,
    )
