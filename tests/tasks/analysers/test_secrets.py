from __future__ import annotations

import random
import string

import pytest

from tasks.analysers.secrets import ANALYSER, is_example, wants
from tests.tasks.analysers.recorded import brief, target

LETTERS = string.ascii_letters + string.digits


def drawn(length, letters=LETTERS, seed=7):
    """Return random letters, so that nothing here is a secret, or looks like one."""
    return "".join(random.Random(seed).choices(letters, k=length))  # noqa: S311 - it is not one


GITHUB = "ghp" + "_" + drawn(36)
SLACK = "-".join(["xoxb", drawn(11, string.digits), drawn(12, string.digits), drawn(24)])
AWS = "AKIA" + drawn(16, string.ascii_uppercase)
PASSWORD = drawn(20)
KIND = "RSA " + "PRIVATE" + " KEY"
KEY = f"-----BEGIN {KIND}-----\n{drawn(64)}\n{drawn(64)}\n-----END {KIND}-----\n"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.png", False),
        ("uv.lock", False),
        ("web/package-lock.json", False),
        ("go.sum", False),
        ("dist/a.min.js", False),
        ("dist/a.js.map", False),
        ("a.py", True),
        (".env", True),
        ("requirements.txt", True),
        ("vendor/a.go", True),
        ("Makefile", True),
    ],
)
def test_it_wants_what_people_write(path, wanted):
    assert wants(path, "") is wanted


def test_it_says_nothing_of_what_is_no_secret(rules):
    harmless = [
        "",
        "x = 1\n",
        "password = os.environ['PASSWORD']\n",
        "password = getpass()\n",
        "password = 'changeme'\n",
        "token = '<your token here>'\n",
        "uuid = '3f2b8c1e-9b1f-4f6e-8d3b-2b1c9a8f7e6d'\n",
        "DIGEST = 'sha256:" + drawn(64, "0123456789abcdef") + "'\n",
    ]
    assert rules("secrets", {f"{n}.py": code for n, code in enumerate(harmless)}) == []


@pytest.mark.parametrize(
    ("path", "text", "line", "level"),
    [
        ("a.py", f'import os\nX = "{GITHUB}"\n', 2, "critical"),
        ("a.py", f'\n\nslack = "{SLACK}"  # pragma: allowlist secret\n', 3, "critical"),
        ("a.py", f'KEY = "{AWS}"  # gitleaks:allow\n', 1, "critical"),
        ("a.py", f'db = 1\npassword = "{PASSWORD}"\n', 2, "error"),
        ("config.yml", f"db:\n  password: {PASSWORD}\n", 2, "error"),
        (".env.production", f"A=1\nDB_PASSWORD={PASSWORD}\n", 2, "error"),
        ("deploy.env", f"DB_PASSWORD={PASSWORD}\n", 1, "error"),
        ("key.pem", KEY, 1, "critical"),
        ("vendor/a.py", f'X = "{GITHUB}"\n', 1, "critical"),
        ("tests/key.pem", KEY, 1, "warning"),
        ("docs/index.md", f"    TOKEN = '{GITHUB}'\n", 1, "warning"),
    ],
)
def test_it_finds_what_was_written_down_and_never_repeats_it(look_at, path, text, line, level):
    answer = look_at("secrets", {path: text})
    assert {(f.line, f.severity.label) for f in answer.findings} == {(line, level)}
    said = repr(answer)
    for secret in (GITHUB, SLACK, AWS, PASSWORD, KEY.split("\n")[1]):
        assert secret not in said
        assert secret[4:14] not in said


def test_one_bad_file_costs_no_other_its_answer(rules):
    files = {
        "deep.json": "[" * 50_000,
        "binary.dat": b"\0\1\2" * 100,
        "not-utf8.py": b"x = '\xff\xfe'\n",
        "-x.py": f'X = "{GITHUB}"\n',
        "a b'\"é.py": f'X = "{GITHUB}"\n',
    }
    assert {path for _, path, _ in rules("secrets", files)} == {"-x.py", "a b'\"é.py"}


@pytest.mark.parametrize(
    ("rule", "confidence", "level"),
    [
        ("S33", 10, "critical"),
        ("S19", 6, "warning"),
        ("S105", 10, "error"),
        ("S105", 4, "warning"),
    ],
)
def test_what_is_less_sure_is_less_severe(rule, confidence, level):
    item = (
        f'[{{"path": "/scratch/a.py", "line": 1, "rule": "{rule}", "message": "A kind",'
        f' "confidence": {confidence}}}, {{"path": "/scratch/a.py", "gap": "no"}}]'
    )
    said = brief(ANALYSER.parse(item, target("a.py")))
    assert said == [(f"secrets/{rule}", 1, level), ("/scratch/a.py", "no")]


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("a.py", False),
        ("src/docs.py", False),
        ("tests/a.py", True),
        ("docs/conf.py", True),
        ("README.md", True),
        ("examples/x/a.py", True),
    ],
)
def test_what_is_an_example_is_known_by_its_path(path, example):
    assert is_example(path) is example
