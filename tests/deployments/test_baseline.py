"""``review baseline`` as a user runs it, and what becomes of it in the next review."""

from __future__ import annotations

import json
import re

import pytest

from deployments.command import parser
from tasks.core.baseline import BASELINE
from tests.pages import rows

OLD = "import os\n\n\ndef double(number: int) -> int:\n    return twice(number)\n"
QUICK = ("--skip", "test_coverage")


@pytest.fixture
def old(project):
    """A project with findings, and a baseline of them that is merged."""
    project.commit({"a.py": OLD})
    return project


def entries(project):
    return json.loads((project.folder / BASELINE).read_text())["entries"]


def rules(done):
    return {finding["rule"] for finding in json.loads(done.stdout)["findings"]}


def test_old_findings_do_not_count_and_new_ones_do(old, review):
    done = review("baseline")
    assert done.returncode == 0, done.stderr
    assert {entry["rule"] for entry in entries(old)} == {"ruff/F401", "ruff/F821"}
    assert "2 findings in " in done.stderr
    assert "twice" not in (old.folder / BASELINE).read_text()

    old.commit()
    old.git("checkout", "--quiet", "-b", "topic")
    old.commit({"a.py": OLD.replace("def double", "def quadruple") + "\n\nanswer = halve(21)\n"})
    done = review("pr", *QUICK, "--all-lines", "--format", "json")

    answer = json.loads(done.stdout)
    assert [finding["message"] for finding in answer["findings"] if finding["rule"] ==
            "ruff/F821"] == ["Undefined name `halve`"]  # fmt: skip
    assert "ruff/F401" not in rules(done)
    assert answer["baselined"] == 2
    assert "2 known before" in answer["summary"]


def test_writing_it_again_says_what_came_and_what_went(old, review):
    review("baseline")
    again = review("baseline")
    assert f"2 findings in {old.folder / BASELINE}: 0 new, 0 gone\n" in again.stderr

    old.commit({"a.py": "x = undefined\n"})
    assert "1 finding in " in (done := review("baseline")).stderr
    assert "1 new, 2 gone" in done.stderr


def test_what_is_not_committed_counts_only_where_that_is_asked_for(old, review, tmp_path):
    old.write({"b.py": "x = undefined\n"})
    review("baseline", "--output", str(tmp_path / "head.json"))
    review("baseline", "--head", "WORKTREE", "--output", str(tmp_path / "tree.json"))

    found = [json.loads((tmp_path / name).read_text()) for name in ("head.json", "tree.json")]
    assert [len(one["entries"]) for one in found] == [2, 3]
    assert not (old.folder / BASELINE).exists()


def test_nothing_is_written_where_a_required_step_did_not_look(old, review):
    old.commit({"deep.py": "x = " + "(" * 12_000 + ")" * 12_000 + "\n"})

    done = review("baseline")
    assert done.returncode == 3
    assert "nothing was written" in done.stderr
    assert "not looked at: deep.py" in done.stderr
    assert not (old.folder / BASELINE).exists()

    assert review("baseline", "--partial").returncode == 0
    assert {entry["path"] for entry in entries(old)} >= {"a.py"}


def test_a_baseline_that_is_broken_in_the_base_is_said_and_the_review_goes_on(old, review):
    old.commit({BASELINE: "not a baseline\n"})
    old.git("checkout", "--quiet", "-b", "topic")
    old.commit({"b.py": "x = undefined\n"})

    done = review("pr", *QUICK)
    assert done.returncode == 1
    assert f"{BASELINE} could not be read" in done.stdout
    assert f"{BASELINE}:1: not JSON" in done.stdout

    done = review("baseline")
    assert done.returncode == 0
    assert "what was there could not be read, and is written anew" in done.stderr


def test_a_link_is_replaced_and_not_followed(old, review, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine\n")
    (old.folder / BASELINE).symlink_to(elsewhere)

    assert review("baseline").returncode == 0
    assert elsewhere.read_text() == "mine\n"
    assert len(entries(old)) == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--head", "nowhere"), "unknown revision 'nowhere'"),
        (("--output", "missing/file.json"), "its folder does not exist"),
        (("--repo", "missing"), "missing is not a folder"),
    ],
)
def test_what_is_wrong_with_the_question_is_said_in_one_line(old, review, arguments, why):
    done = review("baseline", *arguments)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bare_repository_has_no_place_for_it(old, review, tmp_path):
    bare = tmp_path / "bare"
    old.git("clone", "--quiet", "--bare", ".", str(bare))

    done = review("baseline", "--repo", str(bare))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "name one with --output" in done.stderr
    assert review("baseline", "--repo", str(bare), "--output", "b.json").returncode == 0


def test_the_page_about_the_command_has_every_option():
    usage = parser()._subparsers._group_actions[0].choices["baseline"].format_usage()
    said = re.findall(r"\[(--\w+(?: \w+)?)\]", usage)
    table = rows("docs/command.md", "review baseline")
    assert len(said) == 4
    assert [row["option"] for row in table] == [f"`{option}`" for option in said]
    assert all(row["meaning"] for row in table)
