from __future__ import annotations

import pytest

from tasks.analysers.answers import LONGEST, answers, one_line
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("as it is", "as it is"),
        ("a sentence.", "a sentence"),
        ("two\n  lines\t here\n", "two lines here"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * (LONGEST - 3) + "..."),
    ],
)
def test_a_message_is_one_line_of_bearable_length(text, line):
    assert one_line(text) == line


def test_what_a_probe_printed_becomes_findings_and_gaps():
    output = """[
        {"path": "/a", "line": 3, "column": 2, "rule": "odd", "message": "it is odd."},
        {"path": "/b", "line": 1, "rule": "odd", "message": "it is odd"},
        {"path": "/c", "gap": "it is not UTF-8"}
    ]"""
    odd = Finding(
        path="/a", line=3, column=2, rule="t/odd", severity=Severity.INFO, message="it is odd"
    )
    assert list(answers(output, "t", lambda _: Severity.INFO)) == [
        odd,
        odd.but(path="/b", line=1, column=0),
        Gap(who="t", path="/c", why="it is not UTF-8"),
    ]


@pytest.mark.parametrize("output", ["", "[", "[{}]"])
def test_what_is_no_answer_is_refused(output):
    with pytest.raises((ValueError, KeyError)):
        list(answers(output, "t", lambda _: Severity.INFO))
