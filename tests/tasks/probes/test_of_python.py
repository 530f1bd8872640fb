"""The probes of Python files, in this process; their analysers run them as programs."""

from __future__ import annotations

import json
import sys

import pytest

from tasks.probes import antipatterns, cognitive, dead_code, public_api, silencers, ty_alone
from tests.tasks.analysers.test_antipatterns import NOTHING, SOMETHING


@pytest.fixture
def ask(tmp_path, capsys):
    def asked(probe, *texts):
        paths = []
        for number, text in enumerate(texts):
            file = tmp_path / f"{number}.py"
            file.write_text(text, encoding="utf-8")
            paths.append(str(file))
        probe.main(["probe", "--", *paths])
        return [
            {key: value for key, value in item.items() if key != "path"}
            for item in json.loads(capsys.readouterr().out)
        ]

    return asked


@pytest.mark.parametrize("code", NOTHING.values(), ids=NOTHING)
def test_loops_that_do_nothing_needless(ask, code):
    assert [item for item in ask(antipatterns, code) if "rule" in item] == []


@pytest.mark.parametrize(("code", "rule", "line"), SOMETHING)
def test_loops_that_do_something_needless(ask, code, rule, line):
    found = [item for item in ask(antipatterns, code) if "rule" in item]
    assert [(item["rule"], item["line"]) for item in found] == [(rule, line)]


def test_the_depth_of_every_function_is_told(ask):
    code = (
        "class A:\n    def f(self):\n        while x:\n            def g():\n                pass\n"
    )
    depths = {item["name"]: item["depth"] for item in ask(antipatterns, code)}
    assert depths == {"A.f": 1, "A.f.g": 0}


def test_cognitive_complexity_is_told_by_class_and_line(ask):
    code = "class A:\n    def f(self):\n        if x:\n            pass\n"
    assert ask(cognitive, code) == [{"name": "A.f", "line": 2, "end_line": 4, "number": 1}]


def test_cognitive_complexity_of_what_is_no_python_is_not_told(ask):
    assert ask(cognitive, "def f(:\n") == []


def test_dead_code_is_told_with_its_lines(ask):
    (item,) = ask(dead_code, "import os\ndef f():\n    return 1\n    print(2)  # noqa\n")
    assert (item["line"], item["end_line"], item["confidence"]) == (4, 4, 100)


def test_what_breaks_callers_is_told(ask):
    (item,) = ask(public_api, "def f(a): ...\n", "def f(a, b): ...\n")
    assert (item["name"], item["what"], item["parameter"]) == ("f", "parameter-removed", "b")


def test_a_member_that_may_be_inherited_is_told_as_such(ask):
    base = "class A(B):\n    def f(self): ...\n    def __g__(self): ...\n"
    (item,) = ask(public_api, "class A(B): ...\n", base)
    assert (item["name"], item["inherited"], item["line"]) == ("A.f", True, 0)


def test_a_class_that_lost_a_base_has_no_parameter(ask):
    (item,) = ask(public_api, "class A: ...\n", "class A(B): ...\n")
    assert (item["what"], item["parameter"]) == ("class-removed-base", "")


def test_what_breaks_nobody_is_not_told(ask):
    assert ask(public_api, "@x\ndef f(a=1): ...\n", "@x\ndef f(a=2): ...\n") == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = '# noqa'\n", []),
        ("x = 1  # type: ignore[override]\n", [("type_ignore", ["override"])]),
        ("x = 1  # noqa: E501, F401\n", [("noqa", ["E501", "F401"])]),
        ("x = (  # nosec\n", [("nosec", [])]),
        ("x = '''\n# nosec B101, word\n", [("nosec", ["B101"])]),
    ],
)  # fmt: skip
def test_silencers_are_told_with_what_they_name(ask, code, found):
    assert [(item["name"], item["codes"]) for item in ask(silencers, code)] == found


def test_an_empty_environment_has_a_place_for_packages_and_none_in_it(tmp_path):
    made = ty_alone.empty_environment(tmp_path / "nothing")
    (packages,) = made.glob("lib/*/site-packages")
    assert list(packages.iterdir()) == []
    assert packages.parent.name == f"python{sys.version_info[0]}.{sys.version_info[1]}"
    assert (made / "pyvenv.cfg").read_text(encoding="utf-8").startswith("home = ")
