from __future__ import annotations

import json

import pytest

from tasks.analysers.ruff_perf import parse, severity
from tests.tasks.analysers.recorded import target


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", "for x in y:\n    try:\n        f(x)\n    except E:\n        pass\n"),
        ("a.py", "async def f():\n    await g()\n"),
        ("a.py", "with open('a') as f:\n    pass\n"),
        ("tests/test_a.py", "async def f():\n    open('a')\n"),
    ],
)
def test_it_says_nothing_of_what_costs_nothing(rules, path, code):
    assert rules("ruff_perf", {path: code}) == []


@pytest.mark.parametrize(
    ("code", "rule", "line"),
    [
        ("async def f():\n    time.sleep(1)\n", None, 0),  # it cannot know what `time` is
        ("import time\nasync def f():\n    time.sleep(1)\n", "ASYNC251", 3),
        ("x = list(y)[0]\n", "RUF015", 1),
        ("x = sum([[1], [2]], [])\n", "RUF017", 1),
        ("def f(y):\n r = []\n for x in y:\n  r.append(x + 1)\n return r\n", "PERF401", 4),
        ("x = any([y for y in z])\n", "C419", 1),
    ],
)  # fmt: skip
def test_it_finds_needless_work(rules, code, rule, line):
    expected = [(f"ruff_perf/{rule}", "a.py", line)] if rule else []
    assert rules("ruff_perf", {"a.py": code}) == expected


def test_a_blocked_event_loop_is_worse_than_a_copy():
    assert severity("ASYNC251").label == "warning"
    assert severity("PERF401").label == "info"


def test_a_file_that_does_not_parse_is_one_gap(look_at):
    answer = look_at("ruff_perf", {"a.py": "def f(:\n  x = (\n", "b.py": "x = list(y)[0]\n"})
    assert [(gap.path, gap.why) for gap in answer.gaps] == [("a.py", "it is not valid Python")]
    assert [finding.path for finding in answer.findings] == ["b.py"]


def test_what_is_too_new_for_the_project_is_looked_at_all_the_same(look_at):
    code = "match x:\n    case 1:\n        y = list(z)[0]\n"
    answer = look_at("ruff_perf", {"a.py": code}, python="3.9")
    assert answer.gaps == ()
    assert [finding.rule for finding in answer.findings] == ["ruff_perf/RUF015"]


def test_a_file_it_cannot_read_is_a_gap(look_at):
    answer = look_at("ruff_perf", {"a.py": b"x = '\xe9'\n"})
    assert [gap.path for gap in answer.gaps] == ["a.py"]


def test_nothing_found_is_clean():
    assert list(parse(json.dumps([]), target("a.py"))) == []
