from __future__ import annotations

import os
import shutil

import pytest

from tasks.analysers.gitleaks import ANALYSER
from tests.tasks.analysers.recorded import brief, recorded, target
from tests.tasks.analysers.test_secrets import GITHUB

installed = pytest.mark.skipif(
    shutil.which("gitleaks", path="/usr/local/bin:/usr/bin:/bin") is None
    and "CI" not in os.environ,  # .ci/system installs it; where it could not, CI must see it
    reason="gitleaks is not installed; .ci/system does it",
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


def test_it_is_given_one_path_redacts_and_tells_a_finding_from_a_failure():
    one = ANALYSER.command(target("a.py"))
    many = ANALYSER.command(target("src/a.py", "src/b/c.py", "d.py"))
    assert one[-2:] == ["--", "/scratch/a.py"]
    assert many[-2:] == ["--", "/scratch"]
    assert "--redact=100" in one
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


def test_what_lies_beside_the_files_is_not_theirs():
    assert list(ANALYSER.parse(recorded("gitleaks.json"), target("other.py"))) == []
