from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.plan import TaskDefinition
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report, did_not_look
from tasks.keys import kept_key, step_key
from tasks.steps import StepRun

FILE = ChangedFile(
    "a.py", Kind.MODIFIED, blob="h", base_path="a.py", base_blob="b", head="/h", base="/b"
)
CHANGE = ChangeSet("o/n@h", "b", "h", (FILE,), head_tree="ht", base_tree="bt")
QUALITY = TaskDefinition(name="code_quality", description="d", analysers=("ruff",))
TESTS = TaskDefinition(name="test_coverage", description="d")


def key(step=QUALITY, change=CHANGE, **more):
    run = StepRun(step, change, more.pop("policy", ReviewPolicy()), until=time.monotonic(), **more)
    return step_key(step, run)


def with_file(**values):
    return replace(CHANGE, files=(replace(FILE, **values),))


@pytest.mark.parametrize(
    "change",
    [
        replace(CHANGE, name="o/n@other", base="x", head="y"),
        replace(CHANGE, head_tree="x", base_tree="y"),
        replace(CHANGE, files=(FILE, replace(FILE, path="read.me"))),
        with_file(lines=(range(1, 9),)),
        with_file(head="/elsewhere"),
    ],
)
def test_what_a_step_does_not_look_at_does_not_change_its_key(change):
    assert key(change=change) == key()


@pytest.mark.parametrize(
    "change",
    [
        with_file(blob="x"), with_file(path="b.py"), with_file(mode=0o100755),
        with_file(base_blob="x"), with_file(base_path="old.py"), with_file(base=""),
        with_file(left_out="binary"), replace(CHANGE, files=()),
        replace(CHANGE, files=(FILE, replace(FILE, path="b.py"))),
    ],
)  # fmt: skip
def test_what_a_step_looks_at_changes_its_key(change):
    assert key(change=change) != key()


def test_who_looks_and_how_changes_the_key():
    told = ReviewPolicy.model_validate(
        {"steps": {"code_quality": {"settings": {"ruff": {"x": 1}}}}}
    )
    others = [
        key(policy=told),
        key(python="3.12"),
        key(QUALITY.but(analysers=())),
        key(QUALITY.but(name="another")),
    ]
    assert len({key(), *others}) == len(others) + 1


def test_a_step_that_runs_the_project_depends_on_both_trees_and_on_how():
    more_tests = ReviewPolicy.model_validate({"tests": {"processes": 3}})
    others = [
        key(TESTS, replace(CHANGE, head_tree="x")),
        key(TESTS, replace(CHANGE, base_tree="x")),
        key(TESTS, policy=more_tests),
        key(TESTS, policy=ReviewPolicy(coverage_threshold=10)),
    ]
    assert len({key(TESTS), *others}) == len(others) + 1
    assert key(policy=more_tests) == key()


def test_an_environment_that_changed_is_another_question(tmp_path):
    from tasks.keys import _installed

    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    before = _installed(str(tmp_path), "")
    (packages / "dep-1.0.dist-info").mkdir()

    assert _installed(str(tmp_path), "") != before


def kept(step=QUALITY, change=CHANGE, upstream=None, scope="run 0", **more):
    run = StepRun(step, change, more.pop("policy", ReviewPolicy()), until=time.monotonic(), **more)
    return kept_key(step, upstream or {}, run, scope)


def test_a_run_that_begins_again_finds_what_it_kept():
    assert kept() == kept()
    assert kept().startswith("kept-")


def test_another_run_round_head_or_policy_finds_nothing_of_it():
    others = [
        kept(scope="run 1"),
        kept(scope="other 0"),
        kept(change=replace(CHANGE, head="x")),
        kept(change=replace(CHANGE, base="x")),
        kept(policy=ReviewPolicy(coverage_threshold=10)),
        kept(TESTS),
    ]
    assert len({kept(), *others}) == len(others) + 1


def test_the_last_step_says_the_same_only_where_the_others_do():
    last = TaskDefinition(name="final_review", description="d", always=True)
    clean, silent = Report(step="code_quality"), did_not_look("code_quality", "no ruff")

    def said(report):
        return kept(last, upstream={"code_quality": report})

    assert said(clean) == said(clean.but(seconds=7.0, cached=True))
    assert said(clean) != said(silent)
