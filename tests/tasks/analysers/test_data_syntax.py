from __future__ import annotations

import pytest

from tasks.analysers.data_syntax import kind


@pytest.mark.parametrize(
    ("path", "read_as"),
    [
        ("a.py", ""),
        ("a.json5", ""),
        ("templates/a.json", ""),
        ("{{x}}/a.toml", ""),
        ("a.json", "json"),
        ("site.webmanifest", "json"),
        ("Pipfile.lock", "json"),
        ("tsconfig.json", "jsonc"),
        ("web/tsconfig.base.json", "jsonc"),
        (".vscode/launch.json", "jsonc"),
        ("a.jsonc", "jsonc"),
        (".eslintrc", "jsonc"),
        ("renovate.json", "jsonc"),
        ("pyproject.toml", "toml"),
        ("uv.lock", "toml"),
        ("Pipfile", "toml"),
        ("setup.cfg", "ini"),
        (".flake8", "ini"),
        ("php.ini", "cfg"),
        ("haproxy.cfg", "cfg"),
    ],
)
def test_how_a_file_is_read(path, read_as):
    assert kind(path) == read_as


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"a": [1, -2.5e3, true, null, "\\u00e9"]}\n'),
        ("a.json", '\ufeff{"a": 1}\r\n'),
        ("tsconfig.json", '{\n  // why\n  "a": 1, /* and */\n}\n'),
        ("a.toml", "a = 1\n[b]\nc = 1979-05-27\n"),
        ("a.toml", ""),
        ("setup.cfg", "[a]\nx = %(y)s\n y\n[b]\nx: 1\n"),
        ("haproxy.cfg", "global\n    log x\n"),
        ("my.cnf.ini", "[a]\nx\ny\n"),
    ],
)
def test_it_says_nothing_of_what_is_fine(rules, path, text):
    assert rules("data_syntax", {path: text}) == []


@pytest.mark.parametrize(
    ("path", "text", "rule", "line", "level"),
    [
        ("a.json", "", "json-empty", 1, "warning"),
        ("a.json", '{"a": 1\n "b": 2}', "json", 2, "error"),
        ("a.json", '{"a": 1,\n "b": tru}', "json", 2, "error"),
        ("a.json", '{"a": 1,\n "b": 2,\n "a": 3}', "json-duplicate", 3, "error"),
        ("a.json", '{"a": 1 // x\n}', "json-comments", 1, "warning"),
        ("a.json", '{"a": [1,\n 2,\n]}', "json-commas", 2, "warning"),
        ("a.toml", "a = 1\na = 2\n", "toml", 2, "error"),
        ("a.toml", "a = [\n", "toml", 2, "error"),
        ("setup.cfg", "[a]\nx=1\nx=2\n", "ini-duplicate", 3, "warning"),
        ("setup.cfg", "[a]\nx=1\n[a]\ny=2\n", "ini-duplicate", 3, "warning"),
        ("other.ini", "[a]\nx=1\n[a]\ny=2\n", "ini-duplicate", 3, "warning"),
        ("setup.cfg", "x=1\n", "ini", 1, "error"),
        ("setup.cfg", "[a]\nx=1\n=2\n", "ini", 3, "error"),
        ("tests/a.json", "{", "json", 1, "info"),
    ],
)
def test_it_finds_what_no_reader_takes(look_at, path, text, rule, line, level):
    (found,) = look_at("data_syntax", {path: text}).findings
    assert (found.rule, found.line, found.severity.label) == (f"data_syntax/{rule}", line, level)


@pytest.mark.parametrize("path", ["-x.json", "--.json", "a b'\"é\u2028.json"])
def test_a_name_changes_nothing(rules, path):
    assert rules("data_syntax", {path: "{"}) == [("data_syntax/json", path, 1)]


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("bad.json", "[" * 100_000),
        ("bad.json", b"\xff\xfe"),
        ("bad.toml", "a = " + "[" * 100_000),
        ("bad.toml", "a = " + "1" * 5_000),
    ],
)
def test_a_file_that_cannot_be_read_is_a_gap_and_costs_no_other_its_answer(look_at, path, bad):
    answer = look_at("data_syntax", {path: bad, "a.json": "{"})
    assert [gap.path for gap in answer.gaps] == [path]
    assert [found.path for found in answer.findings] == ["a.json"]
