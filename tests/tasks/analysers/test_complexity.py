"""Cyclomatic and cognitive complexity: the same question, asked of two tools."""

from __future__ import annotations

import pytest

BRANCHES = "".join(f"    if x == {i} and y:\n        return {i}\n" for i in range(8))
LONG = f"class A:\n    def f(self, x, y):\n{BRANCHES}".replace("\n    if", "\n        if").replace(
    "\n        return", "\n            return"
)
LONGER = LONG + "        if y:\n            if x:\n                return 99\n"
TOOLS = pytest.mark.parametrize("tool", ["cyclomatic", "cognitive"])
LIMITS = {"cyclomatic": 8, "cognitive": 15}


@TOOLS
@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("x = 1\n", None),
        ("def f():\n    pass\n", None),
        ("def f(:\n", None),  # ruff says so, once
        (LONG, LONG),
        (LONG, LONGER),
        (LONG.replace("A", "B"), LONG),
    ],
)
def test_what_did_not_become_worse_is_left_alone(rules, tool, head, base):
    before = {"a.py": base} if base else None
    settings = {tool: LIMITS[tool]}
    assert rules(tool, {"a.py": head}, before=before, settings=settings) == []


@TOOLS
def test_a_new_function_over_the_limit_is_found_with_all_its_lines(look_at, tool):
    (found,) = look_at(tool, {"a.py": LONGER}, settings={tool: 5}).findings
    assert (found.rule, found.line, found.end_line) == (f"{tool}/complexity", 2, 21)
    assert found.message.startswith(f"`A.f` has a {tool} complexity of ")
    assert found.message.endswith("; it is new, the limit is 5")


@TOOLS
def test_a_function_that_grew_has_both_numbers(look_at, tool):
    answer = look_at(tool, {"a.py": LONGER}, before={"a.py": LONG}, settings={tool: 5})
    (found,) = answer.findings
    assert "; it was " in found.message


@TOOLS
def test_tests_may_be_as_long_as_they_are(rules, tool):
    assert rules(tool, {"tests/test_a.py": LONGER}, settings={tool: 5}) == []


@TOOLS
def test_nobody_needs_to_say_the_limit(look_at, tool):
    assert look_at(tool, {"a.py": LONGER}).findings


@TOOLS
def test_a_limit_that_is_no_number_is_a_tool_that_did_not_look(look_at, tool):
    assert look_at(tool, {"a.py": LONGER}, settings={tool: "many"}).gaps


@TOOLS
def test_one_file_that_cannot_be_read_costs_no_other(look_at, tool):
    answer = look_at(tool, {"a.py": b'x = "\xe9"\n', "b.py": LONGER}, settings={tool: 5})
    assert [gap.path for gap in answer.gaps] == ["a.py"]
    assert [finding.path for finding in answer.findings] == ["b.py"]


@TOOLS
def test_a_broken_file_costs_no_other(look_at, tool):
    answer = look_at(tool, {"a.py": "def f(:\n", "b.py": LONGER}, settings={tool: 5})
    assert [finding.path for finding in answer.findings] == ["b.py"]
