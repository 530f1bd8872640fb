"""Which steps start now, and which cannot give their answer."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding, Severity
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.report import Gap, Report, did_not_look
from tasks.core.schedule import ready, unmet


def plan(*, slots: int = 10) -> WorkflowConfig:
    return WorkflowConfig(
        name="p",
        tasks=(
            TaskDefinition(name="low", priority="low"),
            TaskDefinition(name="first"),
            TaskDefinition(name="second"),
            TaskDefinition(name="urgent", priority="critical"),
            TaskDefinition(name="after", dependencies=("first", "urgent"), priority="high"),
        ),
        max_concurrent_tasks=slots,
    )


@pytest.mark.parametrize(
    ("slots", "done", "running", "expected"),
    [
        (10, plan().names, (), ()),
        (10, (), plan().names, ()),
        (2, (), ("first", "second"), ()),
        (1, (), ("first", "second"), ()),
        (10, (), (), ("urgent", "first", "second", "low")),
        (2, (), (), ("urgent", "first")),
        (2, (), ("urgent",), ("first",)),
        (10, ("first",), ("urgent",), ("second", "low")),
        (10, ("first", "urgent"), (), ("after", "second", "low")),
        (10, ["first", "urgent", "first"], {"after"}, ("second", "low")),
    ],
)
def test_the_most_urgent_steps_start_first_as_far_as_there_is_room(slots, done, running, expected):
    assert ready(plan(slots=slots), done, running) == expected


def test_every_step_of_a_thousand_gets_its_turn():
    first = TaskDefinition(name="s0")
    others = (
        TaskDefinition(name=f"s{n}", dependencies=(f"s{(n - 1) // 2}",)) for n in range(1, 1000)
    )
    config = WorkflowConfig(name="p", tasks=(first, *others), max_concurrent_tasks=7)
    done: list[str] = []
    while started := ready(config, done, ()):
        assert len(started) <= 7
        done += started
    assert sorted(done) == sorted(config.names)


FOUND = Finding(path="a.py", line=1, rule="t/X", severity=Severity.INFO, message="x")
PARTLY = Report(step="a", gaps=(Gap(who="ruff", why="crashed"),))


@pytest.mark.parametrize(
    "upstream",
    [
        Report(step="a"),
        Report(step="a", findings=(FOUND,)),
        PARTLY,
        Report(step="a", gaps=(Gap(who="a", why="late"), Gap(who="ruff", why="crashed"))),
        did_not_look("a", "timed out").but(findings=(FOUND,)),
    ],
)
def test_a_step_that_looked_at_anything_has_answered(upstream):
    task = TaskDefinition(name="b", dependencies=("a",))
    assert unmet(task, {"a": upstream}) == ""


@pytest.mark.parametrize("upstream", [{}, {"a": None}, {"a": did_not_look("a", "timed out")}])
def test_a_step_whose_dependency_gave_no_answer_says_so(upstream):
    task = TaskDefinition(name="b", dependencies=("a",))
    assert unmet(task, upstream) == "needs a, which did not look"


def test_all_missing_answers_are_named():
    task = TaskDefinition(name="d", dependencies=("a", "b", "c"))
    assert unmet(task, {"b": Report(step="b")}) == "needs a and c, which did not look"


def test_a_step_without_dependencies_can_always_answer():
    assert unmet(TaskDefinition(name="a"), {}) == ""


def test_a_step_that_always_runs_needs_no_answer():
    task = TaskDefinition(name="final", dependencies=("a",), always=True)
    assert unmet(task, {"a": None}) == ""
