from __future__ import annotations

import pytest

from tasks.git import EMPTY_TREE, open_repository
from tasks.python_version import NEWEST, python_of


def python(repo, text):
    repo.commit({"pyproject.toml": text})
    return python_of(open_repository(str(repo.folder)), "HEAD")


def requires(what):
    return f"[project]\nname = 'x'\nrequires-python = {what}\n"


def test_a_project_that_says_nothing_is_for_the_newest(repo):
    repository = open_repository(str(repo.folder))
    assert python_of(repository, EMPTY_TREE) == NEWEST
    assert python(repo, "[tool.x]\n") == NEWEST


@pytest.mark.parametrize(
    ("what", "version"),
    [
        (">=3.11", "3.11"), (">=3.11.2", "3.11"), (">3.8,<4", "3.8"), ("~=3.10", "3.10"),
        (">=3.9,!=3.9.*", "3.10"), (">=2.7", "3.7"), ("<3", NEWEST), (">=9", NEWEST), ("", "3.7"),
    ],
)  # fmt: skip
def test_the_oldest_version_it_admits(repo, what, version):
    assert python(repo, requires(repr(what))) == version


@pytest.mark.parametrize(
    "text",
    [
        "not toml", "project = 1", "project = []", "[project]\n", requires("3"), requires("[]"),
        requires("{a = 1}"), requires("'latest'"), requires(repr(">=3.8," * 5000)),
        "x = " + "[" * 12_000 + "]" * 12_000, "\ufeff" + requires("'>=3.9'"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_says_nothing(repo, text):
    assert python(repo, text) == NEWEST


def test_what_is_not_utf8_is_read_as_far_as_it_can_be(repo):
    assert python(repo, requires("'>=3.9'").encode() + b"# \xff\n") == "3.9"
