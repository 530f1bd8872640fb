from __future__ import annotations

import pytest

from tasks.analysers.yamllint import wants

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.py", False),
        ("chart/templates/deployment.yaml", False),
        ("{{cookiecutter.name}}/a.yml", False),
        ("a.yml", True),
        (".github/workflows/a.YAML", True),
        ("CITATION.cff", True),
    ],
)
def test_it_wants_yaml_and_no_templates(path, wanted):
    assert wants(path, "") is wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n---\n",
        "a: 1\nb: [1,2]\n\n\n\n\n# long " + "x" * 200 + "\n",
        "on: push\n",
        "a: &a {x: 1}\nb: {<<: *a}\n",
        "a: !Ref b\n",
        "mode: 0o644\n",
        BOMB,
    ],
)
def test_it_says_nothing_of_what_is_fine(rules, text):
    assert rules("yamllint", {"a.yml": text}) == []


@pytest.mark.parametrize(
    ("text", "rule", "line", "level"),
    [
        ("a: 1\nb: 2\na: 3\n", "key-duplicates", 3, "error"),
        ("# yamllint disable\na: 1\na: 3\n", "key-duplicates", 3, "error"),
        ("a: 1\na: 3 # yamllint disable-line\n", "key-duplicates", 2, "error"),
        ("# yamllint disable-file\na: 1\na: 3\n", "key-duplicates", 3, "error"),
        ("a: 1\nb: [1\nc: 2\n", "syntax", 3, "error"),
        ("a: \x07\n", "syntax", 1, "error"),
        ("a: *b\n", "anchors", 1, "warning"),
        ("a: yes\n", "truthy", 1, "info"),
        ("mode: 0644\n", "octal-values", 1, "info"),
    ],
)
def test_it_finds_what_is_read_as_something_else(look_at, text, rule, line, level):
    answer = look_at("yamllint", {".yamllint": "extends: default\n", "a.yml": text})
    (found,) = [each for each in answer.findings if each.path == "a.yml"]
    assert (found.rule, found.line, found.severity.label) == (f"yamllint/{rule}", line, level)
    assert "\n" not in found.message
    assert "(syntax)" not in found.message


@pytest.mark.parametrize("path", ["-x.yml", "--config=evil.yml", "a b'\"é.yml", "a:1:2: [x].yml"])
def test_a_name_changes_nothing(rules, path):
    assert rules("yamllint", {path: "a: 1\na: 2\n"}) == [("yamllint/key-duplicates", path, 2)]


def test_a_tests_data_may_be_broken(look_at):
    (found,) = look_at("yamllint", {"tests/a.yml": "a: 1\na: 2\n"}).findings
    assert found.severity.label == "info"


@pytest.mark.parametrize("bad", [b"a: \xff\xfe\n", "[" * 20_000, "- " * 20_000])
def test_a_file_that_cannot_be_read_is_a_gap_and_costs_no_other_its_answer(look_at, bad):
    answer = look_at("yamllint", {"bad.yml": bad, "a.yml": "a: 1\na: 2\n"}, seconds=20)
    assert [gap.path for gap in answer.gaps] == ["bad.yml"]
    assert [found.path for found in answer.findings] == ["a.yml"]


def test_a_large_file_is_looked_at_for_what_matters_and_in_time(rules):
    large = "".join(f"k{n}: {{a: [1, 2], b: yes}}\n" for n in range(20_000)) + "k7: 1\n"
    found = rules("yamllint", {"a.yml": large}, seconds=10)
    assert found == [("yamllint/key-duplicates", "a.yml", 20_001)]
