from __future__ import annotations

import pytest

from tasks.analysers.schemas import schema
from tests.tasks.analysers.test_yamllint import BOMB

WORKFLOW = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo
"""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.yml", ""),
        ("templates/.github/workflows/a.yml", ""),
        ("workflows/a.yml", ""),
        (".github/workflows/a.yml", "github-workflows"),
        ("x/action.yaml", "github-actions"),
        ("reaction.yaml", ""),
        (".github/ISSUE_TEMPLATE/config.yml", "github-issue-config"),
        (".github/ISSUE_TEMPLATE/bug.yml", "github-issue-forms"),
        ("renovate.json", "renovate"),
        ("docker-compose.prod.yml", "compose-spec"),
        ("compose.yaml", "compose-spec"),
    ],
)
def test_which_schema_a_file_has(path, name):
    assert schema(path) == name


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/a.yml", WORKFLOW),
        (".github/workflows/a.yml", ""),
        (".github/workflows/a.yml", "a: ["),
        (".github/dependabot.yml", "version: 2\nupdates: []\n"),
        ("renovate.json", '{"extends": ["config:base"] /* x */}'),
        ("renovate.json", "{"),
        (".gitlab-ci.yml", "a:\n  script: !reference [.b, script]\n"),
        (".gitlab-ci.yml", ".d: &d {image: x}\na: {<<: *d, script: [x]}\n"),
        ("compose.yml", "services:\n  a:\n    image: x\n    ports: !reset []\n"),
        (".readthedocs.yaml", "version: 2\nbuild: {os: ubuntu-24.04, tools: {python: '3.13'}}\n"),
    ],
)
def test_it_says_nothing_of_what_is_fine(rules, path, text):
    assert rules("schemas", {path: text}) == []


@pytest.mark.parametrize(
    ("path", "text", "line", "message"),
    [
        (
            ".github/workflows/a.yml",
            WORKFLOW.replace("    steps:", "    step:"),
            5,
            "jobs.a: 'step' is not known here",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a: 5\n",
            3,
            "jobs.a: expected a mapping, found a number",
        ),
        ("action.yml", "name: x\nruns:\n  using: node99\n", 3, "runs.using: expected one of"),
        (
            "action.yml",
            "name: x\nruns:\n  using: node20\n  main: a\n",
            1,
            "'description' is missing",
        ),
        (".github/dependabot.yml", "version: 3\nupdates: []\n", 1, "version: expected one of '2'"),
        ("renovate.json", '{\n  "extends": 5\n}', 2, "extends: expected a list, found a number"),
    ],
)
def test_it_names_the_line_of_what_is_wrong(look_at, path, text, line, message):
    said = [
        (f.line, f.message, f.severity.label) for f in look_at("schemas", {path: text}).findings
    ]
    assert any(at == line and what.startswith(message) for at, what, _ in said), said
    assert {level for _, _, level in said} == {"warning"}


def test_a_message_never_quotes_a_value(look_at):
    secret = "hunter" + "2" * 12
    text = WORKFLOW.replace("ubuntu-latest", f"[[{secret}]]").replace("push", secret)
    answer = look_at("schemas", {".github/workflows/a.yml": text})
    assert answer.findings
    assert secret not in repr(answer)


def test_aliases_that_multiply_are_a_gap_and_cost_no_other_its_answer(look_at):
    files = {".gitlab-ci.yml": BOMB, "compose.yml": "a: &a {b: *a}\n", ".travis.yml": "os: 5\n"}
    answer = look_at("schemas", files, seconds=20)
    assert sorted(gap.path for gap in answer.gaps) == [".gitlab-ci.yml", "compose.yml"]
    assert {found.path for found in answer.findings} == {".travis.yml"}


@pytest.mark.parametrize("name", ["-x.yml", "--builtin-schema=x.yml", "a b'\"é.yml"])
def test_a_name_changes_nothing(rules, name):
    path = f".github/workflows/{name}"
    assert rules("schemas", {path: "on: push\njobs:\n  a: 5\n"}) == [("schemas/type", path, 3)]
