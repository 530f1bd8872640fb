from __future__ import annotations

import pytest

from tasks.analysers.kubernetes import wants
from tests.tasks.analysers.test_yamllint import BOMB

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: a
spec:
  ports:
    - port: 80
"""
WRONG = SERVICE.replace("80", "http")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.json", False),
        (".github/workflows/a.yml", False),
        ("x/.config/a.yml", False),
        ("chart/templates/a.yaml", False),
        ("k8s/a.yaml", True),
        ("a.yml", True),
    ],
)
def test_it_wants_yaml_that_is_not_a_tools_own(path, wanted):
    assert wants(path, "") is wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "- a\n",
        "a: [",
        SERVICE,
        "apiVersion: example.com/v1\nkind: Thing\nspec: 5\n",
        "apiVersion: v1\nkind: ../../../../Service\n",
        "apiVersion: ../../v1\nkind: Service\n",
        "apiVersion: 1\nkind: [Service]\n",
    ],
)
def test_it_says_nothing_of_what_is_fine_or_none_of_its_business(rules, text):
    assert rules("kubernetes", {"a.yaml": text}) == []


def test_it_names_the_line_in_each_document(look_at):
    text = f"{SERVICE}---\n{WRONG}---\n{SERVICE.replace('metadata', 'metadate')}"
    found = look_at("kubernetes", {"a.yaml": text}).findings
    assert [(f.rule, f.line, f.severity.label) for f in found] == [
        ("kubernetes/type", 15, "error"),
        ("kubernetes/additionalProperties", 19, "error"),
    ]
    assert found[0].message == "spec.ports[0].port: expected a whole number, found a text"


@pytest.mark.parametrize(
    ("version", "clean"), [("1.30", True), ("1.2", False), ("9.9", False), ("new", False)]
)
def test_a_version_it_does_not_know_is_a_gap(look_at, version, clean):
    answer = look_at("kubernetes", {"a.yaml": SERVICE}, settings={"version": version})
    assert not answer.findings
    assert (not answer.gaps) is clean


@pytest.mark.parametrize("path", ["-x.yml", "--.yml", "a b'\"é.yml"])
def test_a_name_changes_nothing(rules, path):
    assert rules("kubernetes", {path: WRONG}) == [("kubernetes/type", path, 7)]


def test_aliases_that_multiply_are_a_gap_and_cost_no_other_its_answer(look_at):
    answer = look_at("kubernetes", {"bomb.yml": BOMB, "a.yml": WRONG}, seconds=20)
    assert [gap.path for gap in answer.gaps] == ["bomb.yml"]
    assert [found.path for found in answer.findings] == ["a.yml"]
