from __future__ import annotations

import shutil

import pytest

from tasks.analysers.gitleaks import ANALYSER
from tests.tasks.analysers.recorded import brief, recorded, target
from tests.tasks.analysers.test_secrets import GITHUB

installed = pytest.mark.skipif(
    shutil.which("gitleaks", path="/usr/local/bin:/usr/bin:/bin") is None,
    reason="gitleaks is not installed; nothing of ours brings it",
)


def test_nothing_found_is_nothing_said():
    assert list(ANALYSER.parse("[]", target("a.py"))) == []


@pytest.mark.parametrize(("path", "level"), [("keys.py", "critical"), ("tests/keys.py", "warning")])
def test_it_says_what_it_found(path, level):
    output = recorded("gitleaks.json").replace("keys.py", path)
    assert brief(ANALYSER.parse(output, target(path))) == [("gitleaks/github-pat", 1, level)]


def test_a_guess_is_a_warning():
    output = recorded("gitleaks.json").replace("github-pat", "generic-api-key")
    said = brief(ANALYSER.parse(output, target("keys.py")))
    assert said == [("gitleaks/generic-api-key", 1, "warning")]


def test_one_file_a_call_is_redacted_and_told_apart_from_a_failure():
    command = ANALYSER.command(target("a.py"))
    assert command[-2:] == ["--", "/scratch/a.py"]
    assert "--redact=100" in command
    assert ANALYSER.singly
    assert ANALYSER.looked == {0, 3}


@installed
@pytest.mark.parametrize("path", ["a.py", "-x.py", "--config=evil.toml", "a b'\"é.py"])
def test_neither_a_comment_nor_a_configuration_nor_a_name_silences_it(look_at, path):
    files = {
        ".gitleaks.toml": "[allowlist]\npaths = ['.*']\n",
        ".gitleaksignore": f"{path}:github-pat:1\n",
        path: f'X = "{GITHUB}"  # gitleaks:allow\n',
    }
    answer = look_at("gitleaks", files)
    assert not answer.gaps
    assert {(f.rule, f.path) for f in answer.findings} == {("gitleaks/github-pat", path)}
    assert GITHUB not in repr(answer)
