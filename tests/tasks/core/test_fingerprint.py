"""A finding is known again where it moved, and told apart where it is twice."""

from __future__ import annotations

import re
import time

import pytest

from tasks.core.finding import Finding
from tasks.core.fingerprint import fingerprint, fingerprinted, line_fingerprint

SOURCE = """\
import os


def f(x):

    return eval(x)

print(f(1))
"""
LINES = SOURCE.split("\n")
MARK = fingerprint("ruff/S307", "a.py", LINES, 6)
LINE_MARK = line_fingerprint("ruff/S307", "a.py", LINES, 6)


def at(line: int, *, rule: str = "ruff/S307", path: str = "a.py", **values) -> Finding:
    default = {"severity": "error", "message": "x"}
    return Finding(**{**default, "path": path, "line": line, "rule": rule, **values})


def mark_of(text: str, line: int) -> str:
    return fingerprint("ruff/S307", "a.py", text.split("\n"), line)


def test_nothing_found_is_nothing_to_know():
    assert fingerprinted((), lambda _: 1 / 0) == ()


def test_a_fingerprint_is_sixteen_digits():
    assert re.fullmatch("[0-9a-f]{16}", MARK)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SOURCE, 6),
        ("# new\n# lines\n" + SOURCE, 8),
        (SOURCE.replace("\n\n", "\n"), 4),
        (SOURCE.replace("    return", "\treturn"), 6),
        (SOURCE.replace("eval(x)", "eval(x)   "), 6),
        (SOURCE.replace("import os", "import sys"), 6),
        (SOURCE + "print(2)\n", 6),
    ],
)
def test_it_survives_what_happens_elsewhere_and_to_white_space(text, line):
    assert mark_of(text, line) == MARK


@pytest.mark.parametrize(
    "text",
    [
        SOURCE.replace("eval(x)", "eval(y)"),
        SOURCE.replace("def f(x)", "def g(x)"),
        SOURCE.replace("print(f(1))", "print(f(2))"),
    ],
)
def test_another_line_or_neighbour_is_another_finding(text):
    assert mark_of(text, 6) != MARK


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SOURCE, 6),
        (SOURCE.replace("def f(x)", "def g(x)"), 6),
        (SOURCE.replace("print(f(1))", "print(f(2))"), 6),
        ("# new\n" + SOURCE.replace("    return", "\treturn"), 7),
        ("return   eval(x)  ", 1),
    ],
)
def test_the_line_alone_is_known_again_whatever_is_beside_it(text, line):
    (marked,) = fingerprinted([at(line)], lambda _: text)
    assert marked.line_fingerprint == LINE_MARK


def test_another_line_rule_file_or_occurrence_is_another_line():
    others = {
        line_fingerprint("ruff/S308", "a.py", LINES, 6),
        line_fingerprint("ruff/S307", "b.py", LINES, 6),
        line_fingerprint("ruff/S307", "a.py", LINES, 6, 1),
        line_fingerprint("ruff/S307", "a.py", LINES, 5),
        line_fingerprint("ruff/S307", "a.py", LINES, 0),
        LINE_MARK,
        MARK,
    }
    assert len(others) == 7
    assert re.fullmatch("[0-9a-f]{16}", LINE_MARK)


@pytest.mark.parametrize("line", [0, -1, 9999])
def test_of_a_whole_file_there_is_no_line_to_know_it_by(line):
    assert line_fingerprint("r", "p", LINES, line) == line_fingerprint("r", "p", [], 0)
    assert line_fingerprint("r", "p", [], 0) != fingerprint("r", "p", [], 0)


def test_another_rule_file_or_occurrence_is_another_finding():
    others = {
        fingerprint("ruff/S308", "a.py", LINES, 6),
        fingerprint("ruff/S307", "b.py", LINES, 6),
        fingerprint("ruff/S307", "a.py", LINES, 6, 1),
        fingerprint("ruff/S307", "a.py", LINES, 0),
        MARK,
    }
    assert len(others) == 5


def test_parts_are_not_mixed_up():
    assert fingerprint("a", "bc", [], 0) != fingerprint("ab", "c", [], 0)
    assert fingerprint("r", "p", ["a", "b"], 1) != fingerprint("r", "p", ["a", "", "b"], 3)


@pytest.mark.parametrize("line", [0, -1, 9999])
def test_a_line_that_is_not_there_is_the_whole_file(line):
    assert fingerprint("r", "p", LINES, line) == fingerprint("r", "p", [], 0)


def test_all_findings_get_theirs_in_their_own_order():
    findings = (at(8), at(6), at(0))
    marked = fingerprinted(findings, {"a.py": SOURCE}.__getitem__)
    assert [f.line for f in marked] == [8, 6, 0]
    assert marked[1].fingerprint == MARK
    assert len({f.fingerprint for f in marked}) == 3
    assert all(f.fingerprint == "" for f in findings)


def test_each_text_is_asked_for_once():
    asked = []

    def text_of(path: str) -> str:
        asked.append(path)
        return SOURCE

    fingerprinted([at(n, path=path) for n in (1, 4, 6) for path in ("b.py", "a.py")], text_of)
    assert sorted(asked) == ["a.py", "b.py"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(end):
    text = SOURCE.replace("\n", end)
    (marked,) = fingerprinted([at(6)], lambda _: text)
    assert marked.fingerprint == MARK


def test_a_form_feed_does_not_end_a_line():
    (marked,) = fingerprinted([at(6)], lambda _: SOURCE.replace("import os", "import os\f"))
    assert marked.fingerprint == MARK


def test_what_is_twice_is_told_apart_in_the_order_of_the_file():
    text = "x = 1\n" * 9
    findings = [at(line, column=column) for line in (3, 5, 7) for column in (1, 5)]
    marks = [f.fingerprint for f in fingerprinted(findings, lambda _: text)]
    assert len(set(marks)) == 6
    shuffled = [findings[index] for index in (4, 0, 5, 2, 1, 3)]
    again = fingerprinted(shuffled, lambda _: text)
    assert {(f.line, f.column, f.fingerprint) for f in again} == {
        (f.line, f.column, mark) for f, mark in zip(findings, marks, strict=True)
    }
    assert len({f.line_fingerprint for f in again}) == 6
    # one more at the end leaves the others as they were
    more = fingerprinted([*findings, at(8)], lambda _: text)
    assert [f.fingerprint for f in more[:6]] == marks


def test_a_path_that_is_no_text_has_a_fingerprint():
    assert fingerprint("r", "a\udcff", ["\udcff"], 1)


@pytest.mark.parametrize(
    "text",
    ["x = 1\n" * 50_000, "\n" * 50_000, "x" * 1_000_000],
    ids=["many lines", "only blank lines", "one long line"],
)
def test_fifty_thousand_findings_in_one_file_are_no_burden(text):
    lines = max(1, text.count("\n"))
    findings = [at(1 + n % lines) for n in range(50_000)]
    began = time.process_time()
    marked = fingerprinted(findings, lambda _: text)
    assert time.process_time() - began < 10  # it takes about half a second
    assert len({f.fingerprint for f in marked}) == 50_000
    assert len({f.line_fingerprint for f in marked}) == 50_000
