from __future__ import annotations

import pytest

from tasks.analysers import ruff_rules
from tasks.analysers.ruff_security import ANALYSER, severity
from tests.tasks.analysers.recorded import target


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n",
        "assert x\n",
        "import subprocess\n",
        "import random\nrandom.random()\n",
        "import subprocess\nsubprocess.run(['ls', x])\n",
        "import os\nprint(os.environ['PASSWORD'])\n",
    ],
)
def test_it_says_nothing_of_what_is_fine(rules, code):
    assert rules("ruff_security", {"a.py": code}) == []


@pytest.mark.parametrize(
    ("code", "rule", "level"),
    [
        ("import subprocess\nsubprocess.run('ls ' + x, shell=True)\n", "S602", "error"),
        ("import subprocess\nsubprocess.run('ls', shell=True)\n", "S602", "info"),
        ("import yaml\nyaml.load(x)\n", "S506", "error"),
        ("import pickle\npickle.loads(x)\n", "S301", "warning"),
        ("import hashlib\nhashlib.md5(x)\n", "S324", "warning"),
        ("p = 1\nopen('/tmp/x')\n", "S108", "info"),
    ],
)
def test_it_finds_what_lets_an_attacker_in(look_at, code, rule, level):
    (found,) = look_at("ruff_security", {"a.py": code}).findings
    assert (found.rule, found.line, found.severity.label) == (f"ruff_security/{rule}", 2, level)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("import hashlib\nhashlib.md5(x)\n", []),
        ("p = 'password'\npassword = 'hunter' '2'\n", []),
        ("import subprocess\nsubprocess.run('ls ' + x, shell=True)\n", ["ruff_security/S602"]),
    ],
)
def test_a_test_may_do_more(rules, code, rule):
    assert [found[0] for found in rules("ruff_security", {"tests/test_a.py": code})] == rule


def test_neither_a_comment_nor_a_configuration_silences_it(rules):
    files = {
        "ruff.toml": "[lint]\nignore = ['ALL']\n",
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n",
        "a.py": "# ruff: noqa\nx = eval(y)  # noqa: S307\n",
    }
    assert rules("ruff_security", files) == [("ruff_security/S307", "a.py", 2)]


def test_what_is_no_python_was_not_looked_at(look_at):
    answer = look_at("ruff_security", {"a.py": "x = eval(y)\ndef (:\n", "b.py": "x = eval(y)\n"})
    assert [(gap.path, gap.why) for gap in answer.gaps] == [("a.py", "line 2 is not Python")]
    assert [found.path for found in answer.findings] == ["b.py"]


def test_newer_python_than_the_target_is_looked_at_all_the_same(rules):
    code = "type X = int\nx = eval(y)\n"
    assert rules("ruff_security", {"a.py": code}, python="3.8") == [
        ("ruff_security/S307", "a.py", 2)
    ]


def test_a_file_that_ruff_cannot_open_is_a_gap():
    output = '[{"code": "E902", "filename": "/scratch/a.py", "message": "No such file"}]'
    (gap,) = ANALYSER.parse(output, target("a.py"))
    assert gap.who == "ruff_security"
    assert gap.path == "/scratch/a.py"


def test_it_and_ruff_share_no_rule():
    assert not any(rule.startswith("S") and rule[1:2].isdigit() for rule in ruff_rules.SELECT)


def test_an_unlisted_rule_is_a_warning():
    assert severity("S999", "something").label == "warning"
