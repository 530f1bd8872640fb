from __future__ import annotations

import pytest

from tasks.analysers.jactionlint import ANALYSER, ERRORS, INFOS, LEFT_OUT
from tests.tasks.analysers.recorded import brief, recorded, target

ODD = """\
on: push
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ foo.bar }} # actionlint-ignore
"""


def test_it_leaves_out_what_zizmor_says_and_what_is_a_house_rule():
    said = brief(ANALYSER.parse(recorded("jactionlint.json"), target(".github/workflows/ci.yml")))
    assert said == [
        ("jactionlint/undefined-property", 10, "warning"),
        ("jactionlint/undefined-property", 11, "warning"),
    ]


def test_a_rule_is_in_one_list_only():
    assert not LEFT_OUT & (ERRORS | INFOS)
    assert not ERRORS & INFOS


def test_it_says_nothing_of_a_good_workflow(rules):
    good = ODD.replace("${{ foo.bar }}", "hello")
    assert rules("jactionlint", {".github/workflows/a.yml": good}) == []


@pytest.mark.parametrize(
    ("code", "rule", "level"),
    [
        ("on: push\njobs:\n  a: 5\n", "workflow-syntax", "error"),
        ("a: [", "yaml-syntax", "error"),
        (ODD + "        if: true\n", "constant-condition", "info"),
    ],
)
def test_what_cannot_run_is_worse_than_a_habit(look_at, code, rule, level):
    found = look_at("jactionlint", {".github/workflows/a.yml": code}).findings
    assert (f"jactionlint/{rule}", level) in {(f.rule, f.severity.label) for f in found}


@pytest.mark.parametrize("name", ["ci.yml", "-x.yml", "--config-file=evil.yml", "a 'b\" é.yml"])
def test_neither_a_comment_nor_a_configuration_nor_a_name_silences_it(rules, name):
    path = f".github/workflows/{name}"
    files = {".github/jactionlint.yaml": "ignores:\n  - rule: undefined-property\n", path: ODD}
    assert rules("jactionlint", files) == [("jactionlint/undefined-property", path, 7)]
