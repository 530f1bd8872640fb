from __future__ import annotations

import pytest

from tasks.analysers.ty import ANALYSER
from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.finding import Severity
from tasks.core.policy import ReviewPolicy, StepPolicy
from tasks.look import looking
from tests.tasks.analysers.recorded import brief, recorded, target

HEAD = 'def f(x: int) -> str:\n    return x\n\n\ny: int = "é"\nf("a")  # type: ignore[arg-type]\n'
ON = {"enabled": True}


@pytest.mark.parametrize(
    "code", ["x: int = 1\n", "import prefect\n\nprefect.nowhere\n", "import yaml\n\nyaml.nope()\n"]
)
def test_it_says_nothing_of_what_is_fine_or_not_installed_for_the_project(rules, code):
    assert rules("ty", {"a.py": code}, settings=ON) == []


def test_it_is_asked_only_where_somebody_wants_it():
    file = ChangedFile("a.py", Kind.ADDED, blob="b", head="/scratch/head/a.py")
    change = ChangeSet("x", "base", "head", (file,))
    step = StepPolicy(settings={"ty": {"enabled": True}})
    asked = ReviewPolicy(steps={"code_quality": step})

    assert "ty" not in looking(change, ReviewPolicy())["code_quality"]
    assert "ty" in looking(change, asked)["code_quality"]


def test_tests_are_left_alone(rules):
    assert rules("ty", {"tests/test_a.py": 'x: int = "a"\n'}, settings=ON) == []


def test_only_what_is_new_is_told():
    head = "/scratch/a.py"
    files = target("a.py", settings=ON, read=lambda _: HEAD, before={head: "/scratch/base/a.py"})
    said = list(ANALYSER.parse(recorded("ty.json"), files))
    assert brief(said) == [
        ("ty/invalid-assignment", 5, "warning"),
        ("ty/invalid-argument-type", 6, "info"),
    ]
    assert said[0].column == 10


def test_the_same_error_a_second_time_is_new(rules):
    base = 'x: int = "a"\n'
    found = rules("ty", {"a.py": f"\n\n{base}{base}"}, before={"a.py": base}, settings=ON)
    assert found == [("ty/invalid-assignment", "a.py", 4)]


def test_a_union_is_told_once_a_line(look_at):
    code = "def f(x: int | str | None) -> None:\n    x.nope; x.nope\n"
    assert len(look_at("ty", {"a.py": code}, settings=ON).findings) == 1


def test_an_error_its_author_has_silenced_by_name_is_a_quiet_one(look_at):
    code = 'x: int = "a"  # type: ignore[assignment]\n'
    (found,) = look_at("ty", {"a.py": code}, settings=ON).findings
    assert found.severity is Severity.INFO
    assert found.message.endswith("(silenced in the code)")
