"""Which steps a change calls for, and why the others are left out."""

from __future__ import annotations

import pytest

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.plan import ResourceClass, RetryPolicy
from tasks.core.policy import ReviewPolicy
from tasks.core.template import PR_REVIEW, plan_review

FIRST = ("code_quality", "security_scan", "config_validation", "performance_review")
ALL = (*FIRST, "test_coverage", "final_review")
EVERY = {step: (f"{step}_tool", "ruff") for step in FIRST}


def file(path: str, kind: Kind = Kind.MODIFIED, **values) -> ChangedFile:
    head = "" if kind is Kind.DELETED else f"/scratch/{path}"
    return ChangedFile(path=path, kind=kind, head=head, **values)


def change(*files: ChangedFile) -> ChangeSet:
    return ChangeSet(name="folder", base="b", head="h", files=files)


PYTHON = change(file("a.py"))


def plan(changed=PYTHON, policy=None, analysers=EVERY, **chosen):
    return plan_review(changed, policy or ReviewPolicy(), analysers, **chosen)


def reasons(planned) -> dict[str, str]:
    return {step.step: step.why for step in planned.left_out}


def test_the_template_runs_the_first_four_at_once_and_the_last_over_all():
    assert PR_REVIEW.layers() == (FIRST, ("test_coverage",), ("final_review",))
    final = PR_REVIEW.task("final_review")
    assert final.dependencies == ALL[:-1]
    assert final.always
    assert not final.cacheable
    assert PR_REVIEW.task("test_coverage").timeout_seconds == 600
    assert all(isinstance(PR_REVIEW.task(step).resource_class, ResourceClass) for step in ALL[:-1])
    assert all(task.description for task in PR_REVIEW.tasks)


def test_a_change_that_calls_for_everything_gets_the_whole_template():
    planned = plan()
    assert planned.config.names == ALL
    assert planned.left_out == ()
    assert planned.config.task("code_quality").analysers == ("code_quality_tool", "ruff")
    assert planned.config.but(tasks=PR_REVIEW.tasks) == PR_REVIEW


def test_an_empty_change_leaves_only_the_verdict_to_say():
    planned = plan(change(), analysers={})
    assert planned.config.names == ("final_review",)
    assert planned.config.task("final_review").dependencies == ()
    assert reasons(planned) == dict.fromkeys(ALL[:-1], "the change is empty")
    assert all(step.by_choice for step in planned.left_out)


@pytest.mark.parametrize(
    "changed",
    [
        file("a.py"),
        file("a.pyi"),
        file("gone.py", Kind.DELETED),
        file("a.txt", Kind.RENAMED, base_path="a.py"),
        file("script", first_line="#!/usr/bin/env python3"),
    ],
)
def test_tests_run_where_python_changed(changed):
    assert "test_coverage" in plan(change(file("b.md"), changed)).config.names


@pytest.mark.parametrize("changed", [file("a.md"), file("a.sh", first_line="#!/bin/sh")])
def test_tests_do_not_run_where_no_python_changed(changed):
    assert reasons(plan(change(changed))) == {"test_coverage": "no Python changed"}


def test_a_step_nothing_changed_for_is_left_out_and_nobody_waits_for_it():
    planned = plan(analysers={**EVERY, "config_validation": (), "code_quality": ()})
    assert reasons(planned) == {
        "code_quality": "nothing changed that code_quality looks at",
        "config_validation": "nothing changed that config_validation looks at",
    }
    assert all(step.by_choice for step in planned.left_out)
    assert planned.config.task("test_coverage").dependencies == ()
    assert planned.config.task("final_review").dependencies == (
        "security_scan",
        "performance_review",
        "test_coverage",
    )


def test_a_step_whose_tools_are_missing_is_left_out_and_that_is_nobodys_choice():
    planned = plan(analysers={k: v for k, v in EVERY.items() if k != "security_scan"})
    (left_out,) = planned.left_out
    assert left_out.step == "security_scan"
    assert left_out.why == "none of its analysers is installed"
    assert not left_out.by_choice


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({"only": ()}, ALL),
        ({"only": ("test_coverage",)}, ("test_coverage", "final_review")),
        ({"only": ("final_review",)}, ("final_review",)),
        ({"skip": ("final_review",)}, ALL),
        ({"skip": FIRST}, ("test_coverage", "final_review")),
        ({"only": FIRST[:2], "skip": FIRST[:1]}, ("security_scan", "final_review")),
    ],
)
def test_a_person_chooses_steps_but_there_is_always_a_verdict(chosen, names):
    planned = plan(**chosen)
    assert planned.config.names == names
    assert {*planned.config.names, *reasons(planned)} == set(ALL)
    assert all(step.by_choice for step in planned.left_out)


def test_a_choice_is_said_with_its_reason():
    assert reasons(plan(skip=("security_scan",))) == {"security_scan": "skipped, as asked"}
    assert reasons(plan(only=("code_quality",)))["security_scan"] == (
        "only code_quality was asked for"
    )


@pytest.mark.parametrize("option", ["only", "skip"])
@pytest.mark.parametrize(
    ("name", "near"),
    [("security", "security_scan"), ("tests_coverage", "test_coverage")],
)
def test_a_step_that_there_is_not_is_refused_with_the_nearest(option, name, near):
    with pytest.raises(ValueError, match=f"no step '{name}'; did you mean '{near}'") as refused:
        plan(**{option: (name,)})
    assert "There are code_quality, security_scan" in str(refused.value)


def test_the_policy_switches_a_step_off():
    policy = ReviewPolicy(steps={"code_quality": {"enabled": False}})
    assert reasons(plan(policy=policy)) == {"code_quality": "switched off by the policy"}


def test_the_policy_switches_analysers_off():
    policy = ReviewPolicy(off=["ruff", "code_quality_tool"])
    planned = plan(policy=policy)
    assert reasons(planned) == {"code_quality": "its analysers are switched off by the policy"}
    assert planned.config.task("security_scan").analysers == ("security_scan_tool",)


def test_the_policy_says_how_long_and_how_often():
    policy = ReviewPolicy(
        steps={
            "code_quality": {"timeout_seconds": 7, "retry": {"max_retries": 0}},
            "final_review": {"timeout_seconds": 8},
        },
        tests={"timeout_seconds": 1200},
        max_concurrent_tasks=3,
        overall_timeout_seconds=99,
    )
    config = plan(policy=policy).config
    assert config.task("code_quality").timeout_seconds == 7
    assert config.task("code_quality").retry == RetryPolicy(max_retries=0)
    assert config.task("security_scan").retry == RetryPolicy()
    assert config.task("test_coverage").timeout_seconds == 1200
    assert config.task("final_review").timeout_seconds == 8
    assert (config.max_concurrent_tasks, config.overall_timeout_seconds) == (3, 99)


def test_the_policy_on_the_test_step_goes_before_that_on_the_tests():
    policy = ReviewPolicy(steps={"test_coverage": {"timeout_seconds": 50}})
    assert plan(policy=policy).config.task("test_coverage").timeout_seconds == 50


def test_a_step_like_no_other_is_refused_in_one_plain_line():
    with pytest.raises(ValueError, match=r"no step '\\n\\x1b'; did you mean '") as refused:
        plan(only=("\n\x1b",))
    assert str(refused.value).isprintable()
