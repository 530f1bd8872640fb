from __future__ import annotations

import json

import pytest

from tasks.core import coverage_report
from tasks.core.coverage_report import (
    Covered,
    Lines,
    coverage_fact,
    covered,
    read_coverage,
    uncovered_findings,
)
from tasks.core.finding import Finding, Severity
from tasks.core.junit import UnreadableError


def lines(executed: list[int], missing: list[int]) -> Lines:
    return Lines(frozenset(executed), frozenset(missing))


def written(**files: object) -> bytes:
    return json.dumps({"meta": {"format": 3}, "files": files}).encode()


def test_an_empty_report_has_no_files() -> None:
    assert read_coverage(written()) == {}


def test_a_report_is_read() -> None:
    one = {"executed_lines": [1, 2], "missing_lines": [4], "excluded_lines": [], "summary": {}}
    assert read_coverage(written(a=one)) == {"a": lines([1, 2], [4])}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"meta": {"format": 3}}',
        b'{"meta": {"format": 9}, "files": {}}',
        b'{"meta": {"format": [3]}, "files": {}}',
        b'{"meta": {"format": 3}, "files": []}',
        written(a=[]),
        written(a={"executed_lines": [], "missing_lines": None}),
        written(a={"executed_lines": ["1"], "missing_lines": []}),
        written(a={"executed_lines": [0], "missing_lines": []}),
        written(a={"executed_lines": [True], "missing_lines": []}),
        written(a={"executed_lines": [10**9], "missing_lines": []}),
        b"[" * 200_000,
        b'{"meta": {"format": ' + b"1" * 5_000 + b'}, "files": {}}',
    ],
)
def test_what_coverage_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_coverage(data)


def test_what_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(UnreadableError, match="larger than 64 MB"):
        read_coverage(b" " * (coverage_report.MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("report", "changed", "result"),
    [
        ({}, {}, Covered()),
        ({"a": lines([1], [2])}, {}, Covered()),
        ({"a": lines([1], [2])}, {"a": [range(3, 9)]}, Covered()),
        ({}, {"a": [range(1, 2)]}, Covered(unknown=("a",))),
        ({"a": lines([1, 2], [])}, {"a": [range(1, 3)]}, Covered(2, 2)),
        (
            {"a": lines([1, 5], [2, 3, 6, 9])},
            {"a": [range(1, 8)]},
            Covered(5, 2, (("a", range(2, 4)), ("a", range(6, 7)))),
        ),
        # Lines 3 and 4 are blank or a comment: one stretch. A line that was executed ends it.
        ({"a": lines([], [2, 5])}, {"a": [range(1, 9)]}, Covered(2, 0, (("a", range(2, 6)),))),
        # Two places of the change are two stretches.
        (
            {"a": lines([], [2, 5])},
            {"a": [range(2, 3), range(5, 6)]},
            Covered(2, 0, (("a", range(2, 3)), ("a", range(5, 6)))),
        ),
    ],
)
def test_changed_lines_are_held_against_the_report(
    report: dict[str, Lines], changed: dict[str, list[range]], result: Covered
) -> None:
    assert covered(report, changed) == result


SOME = Covered(10, 7, (("a", range(2, 4)), ("b", range(6, 7))))


def test_enough_coverage_is_no_finding() -> None:
    assert uncovered_findings(Covered(), 100) == ()
    assert uncovered_findings(SOME, 70) == ()


def test_too_little_coverage_names_every_stretch() -> None:
    known = {"rule": "coverage/uncovered", "severity": Severity.WARNING}
    assert uncovered_findings(SOME, 70.1) == (
        Finding(path="a", line=2, end_line=3, message="no test executes these lines", **known),
        Finding(path="b", line=6, message="no test executes this line", **known),
    )


@pytest.mark.parametrize(
    ("what", "fact"),
    [
        (Covered(), "changed lines covered: there is none that can be executed"),
        (SOME, "changed lines covered: 70 % (7 of 10, threshold 80 %)"),
        (Covered(1000, 799), "changed lines covered: 79 % (799 of 1000, threshold 80 %)"),
    ],
)
def test_the_fact_never_rounds_up(what: Covered, fact: str) -> None:
    assert coverage_fact(what, 80.0) == fact
