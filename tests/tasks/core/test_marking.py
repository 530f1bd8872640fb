from __future__ import annotations

import pytest

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.finding import Finding, Severity
from tasks.core.marking import marked
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report

TEXT = "one\ntwo\nthree\nfour\n"

MODIFIED = ChangedFile("a.py", Kind.MODIFIED, blob="h", base_blob="b", lines=(range(2, 3),))


def said(line, rule="ruff/F401", message="m", path="a.py", **more):
    return Finding(path=path, line=line, rule=rule, severity="warning", message=message, **more)


def mark(*findings, file=MODIFIED, text=TEXT, policy=None):
    change = ChangeSet("t@h", "b", "h", (file,))
    report = Report(step="code_quality", findings=findings)
    return marked(report, change, policy or ReviewPolicy(), lambda _: text).findings


def test_nothing_said_stays_nothing():
    assert mark() == ()


@pytest.mark.parametrize(
    ("finding", "on"),
    [
        (said(1), False),
        (said(2), True),
        (said(3), False),
        (said(1, end_line=2), True),
        (said(3, end_line=4), False),
        (said(0), False),
        (said(2, path="other.py"), False),
    ],
)
def test_a_finding_is_the_changes_when_it_touches_a_changed_line(finding, on):
    (found,) = mark(finding)
    assert found.on_changed_line is on
    assert found.line == finding.line


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        (Kind.ADDED, True),
        (Kind.COPIED, True),
        (Kind.RETYPED, True),
        (Kind.MODIFIED, False),
        (Kind.RENAMED, False),
    ],
)
def test_a_finding_about_a_whole_file_is_the_changes_when_the_file_is_new(kind, on):
    (found,) = mark(said(0), file=ChangedFile("a.py", kind, lines=(range(1, 5),)))
    assert found.on_changed_line is on


def test_a_renamed_file_without_changed_lines_has_no_finding_on_one():
    (found,) = mark(said(2), file=ChangedFile("a.py", Kind.RENAMED, blob="h", base_blob="h"))
    assert not found.on_changed_line


def test_what_is_said_behind_the_last_line_is_said_of_the_last_line():
    new = ChangedFile("a.py", Kind.ADDED, blob="h", lines=(range(1, 5),))
    (found,) = mark(said(5, end_line=5, column=1, suggestion="x"), file=new)
    assert (found.line, found.end_line, found.column, found.suggestion) == (4, 4, 0, None)
    assert found.on_changed_line


def test_a_file_of_one_line_has_a_place_behind_it_too():
    new = ChangedFile("a.py", Kind.ADDED, blob="h", lines=(range(1, 2),))
    (found,) = mark(said(2), file=new, text="x = (\n")
    assert (found.line, found.on_changed_line) == (1, True)


@pytest.mark.parametrize("text", ["", TEXT.removesuffix("\n")])
def test_a_line_stays_where_it_is_in_the_text_or_the_text_is_not_known(text):
    (found,) = mark(said(4), text=text)
    assert found.line == 4


@pytest.mark.parametrize(
    ("lines", "noticed", "line"),
    [
        ((range(2, 3),), 4, 2),
        ((range(1, 2), range(2, 4)), 4, 3),
        ((range(4, 5),), 3, 4),
        ((), 4, 0),
    ],
)
def test_a_syntax_error_that_is_noticed_elsewhere_is_the_changes(lines, noticed, line):
    file = ChangedFile("a.py", Kind.MODIFIED, blob="h", base_blob="b", lines=lines)
    (found,) = mark(said(noticed, rule="ruff/syntax"), file=file)
    assert (found.line, found.on_changed_line) == (line, True)


def test_a_syntax_error_says_where_it_was_noticed():
    (found,) = mark(said(4, rule="ruff/syntax", message="unclosed"))
    assert (found.line, found.message) == (2, "unclosed (noticed at line 4)")


def test_a_syntax_error_on_a_changed_line_stays_there():
    (found,) = mark(said(2, rule="ruff/syntax"))
    assert (found.line, found.message, found.on_changed_line) == (2, "m", True)


def test_a_syntax_error_in_a_file_that_only_moved_is_an_old_one():
    moved = ChangedFile("a.py", Kind.RENAMED, blob="h", base_blob="h")
    (found,) = mark(said(4, rule="ruff/syntax"), file=moved)
    assert not found.on_changed_line


def test_the_same_said_twice_is_said_once_and_in_order():
    found = mark(said(3), said(2), said(3), said(3, message="other"))
    assert [(f.line, f.message) for f in found] == [(2, "m"), (3, "m"), (3, "other")]


def test_the_policy_weighs_and_everything_gets_a_fingerprint():
    policy = ReviewPolicy.model_validate({"severities": {"ruff/F401": "critical"}})
    (found,) = mark(said(2), policy=policy)
    assert found.severity is Severity.CRITICAL
    assert found.fingerprint


@pytest.mark.parametrize("caused", [True, False])
def test_what_is_known_to_be_the_changes_doing_is_so_on_any_line(caused):
    (finding,) = mark(said(4, caused=caused))

    assert finding.on_changed_line is caused
