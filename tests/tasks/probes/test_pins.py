from __future__ import annotations

import json

import pytest

from tasks.probes.pins import READERS


def pins(kind, text):
    return [(pin.name, pin.version, pin.line) for pin in READERS[kind](text)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# a==1",
        "a",
        "a>=1",
        "a==1.*",
        "-r x.txt",
        "-e .",
        "git+https://x.y/a@v1",
        "a @ https://x/a",
    ],
)
def test_what_is_no_exact_version_is_no_pin(line):
    assert pins("requirements", line) == []


@pytest.mark.parametrize(
    "line",
    [
        "A_b==1.0",
        "a.b[x,y] == 1.0",
        "a-b==1.0 ; python_version < '3'",
        "a-b==1.0 # why",
        "a-b==1.0 --hash=sha256:abc",
        "a-b==1.0 \\\n    --hash=sha256:abc",
        "a-b===1.0",
    ],
)
def test_a_pin_is_found_however_it_is_written(line):
    assert pins("requirements", f"\n{line}\n") == [("a-b", "1.0", 2)]


def test_pyproject_has_pins_in_four_places():
    text = """\
[build-system]
requires = ["hatchling==1.0"]
[project]
dependencies = ["a==1", 'b==2', "c>=3"]
optional-dependencies = {x = ["d==4"]}
[dependency-groups]
dev = ["e==5", {include-group = "x"}]
odd = 5
"""
    assert sorted(pins("pyproject", text)) == [
        ("a", "1", 4),
        ("b", "2", 4),
        ("d", "4", 5),
        ("e", "5", 7),
        ("hatchling", "1.0", 2),
    ]
    assert pins("pyproject", "project = 5\n") == []


def test_of_a_lock_only_what_comes_from_a_registry_counts():
    text = """\
version = 1

[[package]]
name = "A_b"
version = "1.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "ours"
version = "0.1"
source = { editable = "." }

[[package]]
name = "poetry-git"
version = "0.2"

[package.source]
type = "git"

[[package]]
name = "mirrored"
version = "0.3"

[package.source]
type = "legacy"

[[package]]
name = "pdm-git"
version = "0.4"
git = "https://x.y/z"

[[package]]
name = "no-version"

[[package]]
version = "1.5"
description = "x"
name = "other-order"
"""
    assert pins("toml-lock", text) == [
        ("a-b", "1.0", 5),
        ("mirrored", "0.3", 22),
        ("other-order", "1.5", 36),
    ]


def test_pipfile_lock():
    lock = {
        "_meta": {"hash": {"version": "x"}},
        "default": {"A": {"version": "==1.0"}, "b": {"git": "x"}},
        "develop": {"c": {"version": "==2.0"}},
    }
    assert pins("pipfile-lock", json.dumps(lock, indent=1)) == [("a", "1.0", 9), ("c", "2.0", 17)]


def test_package_lock_of_today():
    lock = {
        "packages": {
            "": {"name": "ours", "version": "1.0.0"},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/a/node_modules/@s/b": {"version": "2.0.0-rc.1"},
            "node_modules/alias": {"name": "real", "version": "3.0.0"},
            "node_modules/linked": {"link": True, "version": "3.0.0"},
            "node_modules/git": {"version": "git+ssh://x"},
            "packages/ours": {"version": "1.0.0"},
        },
        "dependencies": {"a": {"version": "1.0.0"}},
    }
    found = pins("package-lock", json.dumps(lock, indent=1))
    assert [pin[:2] for pin in found] == [("a", "1.0.0"), ("@s/b", "2.0.0-rc.1"), ("real", "3.0.0")]
    assert found[0][2] == 8


def test_package_lock_of_old():
    lock = {
        "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}}
    }
    assert pins("package-lock", json.dumps(lock)) == [("a", "1.0.0", 1), ("b", "2.0.0", 1)]


def test_yarn_lock_old_and_new():
    text = """\
# yarn lockfile v1

"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.1.0"
  dependencies:
    version "9.9.9"

lodash@^4.0.0, lodash@^4.1.0:
  version "4.17.11"

"lodash@npm:^4.0.0":
  version: 4.17.12
  resolution: "lodash@npm:4.17.12"

"ours@workspace:.":
  version: 0.0.0-use.local
"""
    assert pins("yarn-lock", text) == [
        ("@babel/core", "7.1.0", 4),
        ("lodash", "4.17.11", 9),
        ("lodash", "4.17.12", 12),
    ]
