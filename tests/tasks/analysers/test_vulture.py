from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import os\n",  # ruff's
        "def f(x):\n    y = 1\n",  # an interface's, and ruff's
        "def f():\n    while True:\n        if g():\n            break\n    return 1\n",
        "def f():\n    raise NotImplementedError\n",
        "def f(:\n",  # ruff says so, once
    ],
)
def test_it_says_nothing_of_what_may_be_reached(rules, code):
    assert rules("vulture", {"a.py": code}) == []


@pytest.mark.parametrize(
    ("code", "line", "end_line"),
    [
        ("def f():\n    return 1\n    print(2)\n    print(3)\n", 3, 4),
        ("def f():\n    while True:\n        pass\n    print(2)\n", 4, 4),
        ("if False:\n    print(1)\n", 1, 2),
    ],
)
def test_it_finds_what_is_never_reached(look_at, code, line, end_line):
    (found,) = look_at("vulture", {"a.py": code}).findings
    assert (found.rule, found.line, found.end_line) == ("vulture/unreachable-code", line, end_line)
    assert found.message.endswith("(100% sure)")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"x = '\xe9'\n", "not text in the encoding"),
        (b"# coding: nonsense\n", "not text in the encoding"),
        (b"x = " + b"-" * 50_000 + b"1\n", "nested too deep"),
    ],
)
def test_one_file_that_cannot_be_read_costs_no_other(look_at, bad, why):
    good = "def f():\n    return 1\n    print(2)\n"
    answer = look_at("vulture", {"a.py": bad, "b.py": good})
    assert [gap.path for gap in answer.gaps] == ["a.py"]
    assert why in answer.gaps[0].why
    assert [finding.path for finding in answer.findings] == ["b.py"]


def test_what_only_a_newer_python_reads_is_a_gap(look_at):
    (gap,) = look_at("vulture", {"a.py": "class A[T]:\n    pass\n"}).gaps
    assert gap.why.startswith("Python 3.")
    assert "cannot parse it (line 1" in gap.why
