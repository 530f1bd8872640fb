"""Every workflow and action of ours, and every one that our pages show, is what GitHub takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pages import ROOT, fences, rows

BIN = Path(sys.executable).parent
PAGE = "docs/github-actions.md"
SHOWN = [text for text in fences(PAGE, "yaml") if "jobs:" in text]
FILES = [ROOT / "action.yml", *sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.fixture(
    params=[*FILES, *SHOWN],
    ids=[*(file.name for file in FILES), *(f"shown {n}" for n in range(1, len(SHOWN) + 1))],
)
def file(request, tmp_path):
    """Each of them, in a folder as GitHub wants it."""
    if isinstance(request.param, Path):
        return request.param
    file = tmp_path / ".github" / "workflows" / "review.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(re.sub("@COMMIT", f"@{'0' * 40}", request.param), encoding="utf-8")
    return file


def test_a_page_shows_each_way_in():
    assert len(SHOWN) == 4
    assert sum('review" submit' in text for text in SHOWN) == 1
    assert sum('prefect" deployment run' in text for text in SHOWN) == 1


@pytest.mark.parametrize(
    "tool",
    [
        ["zizmor", "--offline", "--pedantic", "--min-severity=low", "--no-config", "--"],
        ["jactionlint", "--no-online", "--no-ignores", "--profile=default", "--"],
    ],
    ids=lambda tool: tool[0],
)
def test_a_linter_has_nothing_to_say(tool, file):
    done = run(*tool, file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_what_the_schema_says(file):
    kind = "actions" if file.name == "action.yml" else "workflows"
    done = run("check-jsonschema", "--builtin-schema", f"vendor.github-{kind}", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_workflow_runs_with_more_than_a_pull_request_may(file):
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    if "jobs" not in said:
        return
    assert "pull_request_target" not in said[True], "YAML's own word for `on`"
    assert all("timeout-minutes" in job for job in said["jobs"].values())
    assert said["concurrency"]["cancel-in-progress"] is True


@pytest.mark.parametrize("shell", [s["run"] for s in ACTION["runs"]["steps"] if "run" in s])
def test_no_expression_is_ever_text_of_a_script(shell):
    assert "${{" not in shell


def test_the_linters_are_no_yes_men(tmp_path):
    bad = tmp_path / ".github" / "workflows" / "bad.yaml"
    bad.parent.mkdir(parents=True)
    bad.write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.titel }}\n"
    )
    assert run("zizmor", "--offline", "--pedantic", "--", bad).returncode != 0
    bad.write_text("on: nothing\njobs: {}\n")
    assert run("jactionlint", "--no-online", "--", bad).returncode != 0
    schema = ("--builtin-schema", "vendor.github-workflows")
    assert run("check-jsonschema", *schema, bad).returncode != 0


def test_every_input_has_a_row_with_its_default():
    told = {row["input"].strip("`"): row for row in rows(PAGE, "Inputs")}
    assert list(told) == list(ACTION["inputs"])
    for name, said in ACTION["inputs"].items():
        default = str(said["default"])
        if default and "${{" not in default:
            assert told[name]["default"] == f"`{default}`"


def test_every_output_has_a_row():
    told = [row["output"].strip("`") for row in rows(PAGE, "Outputs")]
    assert told == list(ACTION["outputs"])


def run(tool, *arguments):
    return subprocess.run(
        [BIN / tool, *arguments],
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
