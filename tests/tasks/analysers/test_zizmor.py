from __future__ import annotations

import pytest

from tasks.analysers.workflows import is_of_actions
from tasks.analysers.zizmor import ANALYSER, severity
from tests.tasks.analysers.recorded import brief, recorded, target

INJECTED = """\
on: pull_request
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ github.event.pull_request.title }}" # zizmor: ignore[template-injection]
"""
SAFE = INJECTED.replace('"${{ github.event.pull_request.title }}"', "hello")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("README.md", False),
        ("workflows/ci.yml", False),
        (".github/workflows/README.md", False),
        (".github/workflows/deep/ci.yml", False),
        ("reaction.yml", False),
        (".github/workflows/ci.yml", True),
        ("sub/.github/workflows/ci.yaml", True),
        ("action.yml", True),
        ("tools/x/action.yaml", True),
        (".github/dependabot.yml", True),
    ],
)
def test_it_wants_what_github_actions_reads(path, wanted):
    assert is_of_actions(path) is wanted


def test_rows_that_count_from_zero_become_lines():
    said = list(ANALYSER.parse(recorded("zizmor.json"), target(".github/workflows/ci.yml")))
    assert brief(said) == [
        ("zizmor/artipacked", 6, "info"),
        ("zizmor/excessive-permissions", 3, "info"),
        ("zizmor/dangerous-triggers", 1, "warning"),
        ("zizmor/template-injection", 9, "error"),
        ("zizmor/unpinned-uses", 6, "info"),
    ]
    injected = said[3]
    assert (injected.column, injected.end_line) == (24, 9)
    assert injected.message == (
        "code injection via template expansion: may expand into attacker-controllable code"
    )
    assert said[1].end_line == 11  # zizmor's end is in column 0 of the line behind it


@pytest.mark.parametrize(
    ("how", "label"),
    [
        (("High", "High"), "error"),
        (("High", "Medium"), "warning"),
        (("High", "Low"), "info"),
        (("Medium", "High"), "warning"),
        (("Low", "Low"), "info"),
        (("Informational", "High"), "info"),
        (("Unknown", "Unknown"), "info"),
    ],
)
def test_what_is_less_sure_is_less_severe(how, label):
    item = {"ident": "x", "determinations": {"severity": how[0], "confidence": how[1]}}
    assert severity(item).label == label


def test_a_mere_possibility_is_not_mentioned():
    how = {"severity": "Informational", "confidence": "Low"}
    assert severity({"ident": "template-injection", "determinations": how}) is None


def test_it_says_nothing_of_a_safe_workflow(rules):
    assert rules("zizmor", {".github/workflows/a.yml": SAFE}) == []


@pytest.mark.parametrize("name", ["ci.yml", "-x.yml", "--config=evil.yml", "a 'b\" é.yml"])
def test_neither_a_comment_nor_a_configuration_nor_a_name_silences_it(rules, name):
    path = f".github/workflows/{name}"
    silent = "rules:\n  template-injection:\n    disable: true\n"
    files = {"zizmor.yml": silent, ".github/zizmor.yml": silent, path: INJECTED}
    assert rules("zizmor", files) == [("zizmor/template-injection", path, 7)]


@pytest.mark.parametrize("bad", [b"\xff\xfe\xff", "", "a: [", "on: push\njobs:\n  a: 5\n"])
def test_a_file_it_cannot_read_is_a_gap_and_costs_no_other_its_answer(look_at, bad):
    files = {".github/workflows/bad.yml": bad, ".github/workflows/ci.yml": INJECTED}
    answer = look_at("zizmor", files)
    assert [gap.path for gap in answer.gaps] == [".github/workflows/bad.yml"]
    assert [found.path for found in answer.findings] == [".github/workflows/ci.yml"]
