from __future__ import annotations

import json

import pytest

from tasks.analysers import ANALYSERS, ruff_rules
from tasks.analysers.ruff import ANALYSER, UNREADABLE
from tasks.core.finding import Severity
from tests.tasks.analysers.recorded import brief, recorded, target

A = (
    "import os\nimport sys  # noqa: F401\n\n\ndef f(x=[]):\n    try:\n"
    '        return f"é", undefined\n    except:\n        pass\n'
)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", ""),
        ("a.py", "x = 1\n"),
        ("a.py", "import b\nimport a\n\nprint(a, b)\n"),  # the order of imports is a taste
        ("a.py", "raise ValueError('a long message outside of the class')\n"),
        ("a.py", "from typing import Optional\n\nx: Optional[int] = None\n"),
        ("a.py", "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n"),
        ("a.py", "lines = {}\nfor line in lines:\n    line = line.strip()\n    print(line)\n"),
        ("pkg/__init__.py", "from .a import b\n"),
        ("tests/conftest.py", "from .a import b\n"),
        ("tests/test_a.py", "assert x == x\n".replace("x", "'a'")),
        ("a.pyi", "def f(x: int = ...) -> None: ...\n"),
    ],
)
def test_it_says_nothing_of_what_a_good_maintainer_writes(rules, path, code):
    assert rules("ruff", {path: code}) == []


def test_its_answer_is_read():
    said = list(
        ANALYSER.parse(recorded("ruff.json"), target("a.py", "broken.py", read=lambda _: A))
    )
    assert brief(said) == [
        ("ruff/F401", 1, "warning"),
        ("ruff/F401", 2, "info"),
        ("ruff/B006", 5, "info"),
        ("ruff/F541", 7, "info"),
        ("ruff/F821", 7, "error"),
        ("ruff/E722", 8, "warning"),
        ("ruff/syntax", 1, "error"),
    ]
    unused, meant, _, quoted, *_ = said
    assert (unused.suggestion, unused.end_line, unused.column) == ("", 1, 8)
    assert quoted.suggestion == '        return "é", undefined'
    assert meant.message == "`sys` imported but unused (silenced in the code)"


def test_a_fix_in_two_places_is_no_suggestion(look_at):
    code = "import os\n\n\ndef f(x: int = None):\n    return x\n"
    found = look_at("ruff", {"a.py": code}).findings
    assert [(f.rule, f.suggestion) for f in found] == [("ruff/F401", ""), ("ruff/RUF013", None)]


def test_a_fix_behind_a_byte_order_mark_is_no_suggestion(look_at):
    (found,) = look_at("ruff", {"a.py": "\ufeffimport os\n"}).findings
    assert (found.rule, found.suggestion) == ("ruff/F401", None)


def test_a_suggestion_replaces_all_the_lines_the_fix_touches(look_at):
    code = "from a import (\n    b,\n    c,\n)\n\nprint(c)\n"
    (found,) = look_at("ruff", {"a.py": code}).findings
    replaced = code.split("\n")
    replaced[found.line - 1 : found.end_line] = found.suggestion.split("\n")
    assert "\n".join(replaced) == "from a import (\n    c,\n)\n\nprint(c)\n"


def test_a_syntax_error_is_told_once(rules):
    assert rules("ruff", {"a.py": "def f(:\n    x = (\n"}) == [("ruff/syntax", "a.py", 1)]


def test_a_file_that_is_not_utf8_is_a_gap(look_at):
    answer = look_at("ruff", {"a.py": b'x = "\xe9"\n', "b.py": "import os\n"})
    assert [gap.path for gap in answer.gaps] == ["a.py"]
    assert [finding.path for finding in answer.findings] == ["b.py"]


def test_what_is_too_new_for_the_project_is_an_error(look_at):
    code = "match x:\n    case 1:\n        pass\n"
    old = look_at("ruff", {"a.py": code}, python="3.9").findings
    assert old[0].rule == "ruff/syntax"
    assert "ruff/syntax" not in {f.rule for f in look_at("ruff", {"a.py": code}).findings}


def test_a_comment_that_names_the_rule_makes_it_quiet_and_one_that_names_none_does_not(look_at):
    code = "import a\nimport b  # noqa\nimport c  # noqa: F401\nimport d  # noqa: E501\n"
    levels = [f.severity for f in look_at("ruff", {"a.py": code}).findings]
    assert levels == [Severity.WARNING, Severity.WARNING, Severity.INFO, Severity.WARNING]


def test_a_comment_where_the_statement_begins_is_meant_for_all_of_it(look_at):
    code = "from a import (  # noqa: F401\n    b,\n    c,\n)\n\nprint(c)\n"
    (found,) = look_at("ruff", {"a.py": code}).findings
    assert found.severity is Severity.INFO


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("F821", "error"),
        ("E999", "error"),
        ("PLE0101", "error"),
        ("F401", "warning"),
        ("B006", "info"),
        ("B023", "warning"),
        ("UP018", "info"),
    ],
)
def test_severities_are_our_own(code, level):
    assert ruff_rules.severity(code).label == level


def test_every_rule_we_ask_for_or_leave_out_is_one_ruff_knows(look_at):
    answer = look_at("ruff", {"a.py": "x = 1\n"})
    assert answer.gaps == ()


def asked_for(name):
    command = ANALYSERS[name].command(target("a.py"))
    (select,) = (part for part in command if part.startswith("--select="))
    ignore = [part for part in command if part.startswith("--ignore=")]
    asked = set(select.removeprefix("--select=").split(",")) - {UNREADABLE}
    return asked, ignore[0].removeprefix("--ignore=").split(",") if ignore else []


def covers(selector, code):
    """Return whether a selector means a code: S means S101, and not SIM101."""
    same_linter = selector.rstrip("0123456789") == code.rstrip("0123456789")
    return same_linter and code.startswith(selector)


@pytest.mark.parametrize("name", ["ruff", "ruff_perf", "ruff_security"])
@pytest.mark.parametrize("other", ["ruff", "ruff_perf", "ruff_security"])
def test_no_rule_is_asked_for_twice(name, other):
    codes, _ = asked_for(name)
    selectors, left_out = asked_for(other)
    twice = {code for code in codes if any(covers(one, code) for one in selectors)}
    twice -= {code for code in twice if any(covers(one, code) for one in left_out)}
    assert twice == (codes if name == other else set()) - set(left_out if name == other else ())


def test_the_recorded_answer_is_all_of_it():
    assert len(json.loads(recorded("ruff.json"))) == 8


def test_a_comment_of_the_author_makes_no_error_quiet(look_at):
    answer = look_at("ruff", {"a.py": "print(nowhere)  # noqa: F821\n"})
    assert [(f.rule, f.severity.label) for f in answer.findings] == [("ruff/F821", "error")]


def test_a_name_that_a_newer_python_has_is_no_error(look_at):
    code = "import sys\n\nif sys.version_info >= (3, 11):\n    print(ExceptionGroup)\n"
    answer = look_at("ruff", {"a.py": code}, python="3.10")
    assert [(f.rule, f.severity.label) for f in answer.findings] == [("ruff/F821", "warning")]
