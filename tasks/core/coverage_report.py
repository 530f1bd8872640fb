"""Read coverage's JSON report, and hold it against the lines a change added or modified.

Format: https://coverage.readthedocs.io/en/latest/commands/cmd_json.html. The tests it speaks
of may have written it themselves.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.core.finding import Finding, Severity
from tasks.core.junit import UnreadableError

MOST_BYTES = 64 * 1024 * 1024
FORMATS = frozenset({2, 3})
"""3 since coverage 7.6; in 2, what we read is the same."""

HIGHEST = 10_000_000
"""The highest line number that is believed."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The executable lines of one file: those the tests executed, and the others."""

    executed: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Covered:
    """The executable lines among the changed ones: how many, how many executed, which not."""

    executable: int = 0
    executed: int = 0
    uncovered: tuple[tuple[str, range], ...] = ()
    unknown: tuple[str, ...] = ()
    """Changed files the report says nothing about."""

    @property
    def percent(self) -> float:
        """Return how much of it was executed; of nothing, all."""
        return 100 * self.executed / self.executable if self.executable else 100.0


def read_coverage(data: bytes) -> dict[str, Lines]:
    """Return the lines of each file of a coverage report.

    Raises:
        UnreadableError: it is too large, no JSON, or not what coverage writes.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        report = json.loads(data)
        known = report["meta"]["format"] in FORMATS
        lines = {
            path: Lines(_numbers(one["executed_lines"]), _numbers(one["missing_lines"]))
            for path, one in report["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"not what coverage writes ({type(error).__name__})") from error
    if not known:
        raise UnreadableError(f"its format is none of {sorted(FORMATS)}")
    return lines


def _numbers(values: object) -> frozenset[int]:
    if not isinstance(values, list) or not all(
        type(value) is int and 0 < value <= HIGHEST for value in values
    ):
        raise UnreadableError("line numbers that are none")
    return frozenset(values)


def covered(report: Mapping[str, Lines], changed: Mapping[str, Sequence[range]]) -> Covered:
    """Return how much of the changed lines the tests executed."""
    executable = executed = 0
    uncovered: list[tuple[str, range]] = []
    unknown = []
    for path, ranges in changed.items():
        lines = report.get(path)
        if lines is None:
            unknown.append(path)
            continue
        hits, misses = sorted(lines.executed), sorted(lines.missing)
        for lot in ranges:
            hit, missed = _within(hits, lot), _within(misses, lot)
            executable += len(hit) + len(missed)
            executed += len(hit)
            uncovered += ((path, stretch) for stretch in _stretches(missed, hit))
    return Covered(executable, executed, tuple(uncovered), tuple(unknown))


def _within(numbers: Sequence[int], lot: range) -> Sequence[int]:
    """Return those of the sorted numbers that are in a range."""
    return numbers[bisect_left(numbers, lot.start) : bisect_left(numbers, lot.stop)]


def _stretches(missed: Sequence[int], hit: Sequence[int]) -> list[range]:
    """Return the missed lines as ranges; one ends where a line was executed."""
    found: list[range] = []
    for line in missed:
        last = found[-1] if found else None
        if last is not None and not _within(hit, range(last.stop, line)):
            found[-1] = range(last.start, line + 1)
        else:
            found.append(range(line, line + 1))
    return found


def uncovered_findings(covered: Covered, threshold: float) -> tuple[Finding, ...]:
    """Return a finding for each stretch that no test executes, where there are too many."""
    if covered.percent >= threshold:
        return ()
    return tuple(
        Finding(
            path=path,
            line=lines.start,
            end_line=lines.stop - 1 if len(lines) > 1 else 0,
            rule="coverage/uncovered",
            severity=Severity.WARNING,
            message="no test executes this line"
            if len(lines) == 1
            else "no test executes these lines",
        )
        for path, lines in covered.uncovered
    )


def coverage_fact(covered: Covered, threshold: float) -> str:
    """Say in one line how much of the changed lines the tests execute."""
    if not covered.executable:
        return "changed lines covered: there is none that can be executed"
    return (
        f"changed lines covered: {_floor(covered.percent)} % "
        f"({covered.executed} of {covered.executable}, threshold {threshold:g} %)"
    )


def _floor(percent: float) -> int:
    """Return whole percent, rounded down: 79.9 has not reached 80."""
    return int(percent)
