from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", ""),
        ("a.py", '"""Do not write # noqa here, nor type: ignore."""\n'),
        ("a.py", 'x = "# noqa"\n'),
        ("a.py", "# about noqa and type checkers\n"),
        ("a.py", "noqa = 1\n"),
        ("a.sh", 'echo "# shellcheck disable=SC2086"\n'),
        ("a.js", 'f("// eslint-disable-line"); g("http://eslint-disable")\n'),
        ("a.md", "Write `# noqa` or `// eslint-disable`.\n"),
        ("a.yml", "a: 'it is # noqa'\n"),
        ("a.unknown", "# noqa\n"),
    ],
)
def test_a_text_about_silencers_silences_nothing(rules, path, text):
    assert rules("silencers", {path: text}) == []


@pytest.mark.parametrize(
    ("path", "text", "name", "message"),
    [
        ("a.py", "import a  # noqa", "noqa", "`noqa` keeps ruff and flake8 from looking here"),
        ("a.py", "import a  # NOQA: F401, E501", "noqa", "flake8 from looking here (F401, E501)"),
        ("a.py", "# ruff: noqa", "noqa", "`ruff: noqa`"),
        ("a.py", "x = 1  # nosec B101", "nosec", "bandit from looking here (B101)"),
        ("a.py", "x = 1  # type: ignore[override]", "type_ignore", "(override)"),
        ("a.py", "x = 1  # pyright: ignore[reportAny]", "pyright", "(reportAny)"),
        ("a.py", "# mypy: ignore-errors", "mypy", ""),
        ("a.py", "if x:  # pragma: no cover", "coverage", ""),
        ("a.py", "x = 1  # why  # nosemgrep: a.b", "nosemgrep", "semgrep"),
        ("a.py", "def f(:\n    x = (  # noqa\n", "noqa", ""),
        ("a.py", "x = '''\n# nosec", "nosec", ""),
        ("a.toml", "x = 1 # gitleaks:allow", "gitleaks", ""),
        ("a.env", "X=1 # pragma: allowlist secret", "allowlist_secret", "detect-secrets"),
        ("a.sh", "# shellcheck disable=SC2086,SC2046", "shellcheck", "(SC2086, SC2046)"),
        ("script", "#!/bin/sh\n# shellcheck disable=all", "shellcheck", ""),
        ("script", "#!/usr/bin/python\nx = 1  # noqa", "noqa", ""),
        ("a.yml", "a: 1 # zizmor: ignore[unpinned-uses]", "zizmor", "(unpinned-uses)"),
        ("a.yml", "# yamllint disable-line rule:braces", "yamllint", ""),
        ("Dockerfile", "# hadolint ignore=DL3008", "hadolint", "(DL3008)"),
        ("a.ts", "// @ts-expect-error", "typescript", "TypeScript"),
        ("a.ts", "/* eslint-disable no-alert, no-eval */", "eslint", "(no-alert, no-eval)"),
        ("a.js", "f('x') // oxlint-disable-line", "oxlint", ""),
        ("a.md", "<!-- spellchecker:off -->", "typos", "spell checkers"),
        ("a.html", "<p>it's</p> <!-- markdownlint-disable -->", "markdownlint", ""),
        ("a.sql", "select 1 -- noqa", "noqa", ""),
        ("a.unknown", "x = 1 gitleaks:allow", "gitleaks", ""),
        ("a.js", "x" * 20_000 + " // eslint-disable-line", "eslint", ""),
        ("a.py", "# jscpd:ignore-start", "jscpd", ""),
    ],
)  # fmt: skip
def test_what_a_comment_silences_is_named(look_at, path, text, name, message):
    (found,) = look_at("silencers", {path: f"{text}\n"}).findings
    assert (found.rule, found.severity.label) == (f"silencers/{name}", "info")
    assert message in found.message
    assert found.column


def test_two_in_one_comment_are_two(rules):
    assert rules("silencers", {"a.py": "x = 1  # type: ignore # noqa: E501\n"}) == [
        ("silencers/type_ignore", "a.py", 1),
        ("silencers/noqa", "a.py", 1),
    ]


def test_columns_are_characters(look_at):
    found = look_at("silencers", {"a.py": "é = '日'  # noqa\n", "b.js": "é = '日' // @ts-ignore\n"})
    assert [finding.column for finding in found.findings] == [12, 12]


def test_what_stands_behind_a_directive_is_quoted_only_if_it_is_a_rule(look_at):
    secret = "hunter" + "2isMyPassword"
    text = f"x = 1  # pragma: allowlist secret {secret}\ny = 2  # nosec {secret}, B101\n"
    answer = look_at("silencers", {"a.py": text})
    assert len(answer.findings) == 2
    assert not any(secret in finding.message for finding in answer.findings)


def test_a_file_in_another_encoding_and_one_of_two_kinds_of_line_breaks_are_looked_at(rules):
    files = {"a.py": b"x = '\xe9'  # noqa\n", "b.sh": b"a\r# shellcheck disable=all\r\n"}
    assert rules("silencers", files) == [
        ("silencers/noqa", "a.py", 1),
        ("silencers/shellcheck", "b.sh", 2),
    ]
