from __future__ import annotations

import pytest

from tasks.analysers.griffe import wants

BASE = """\
__all__ = ["f", "C", "K"]
K = 1
def f(a, b=1): ...
class B: ...
class C(B):
    x = 1
    def m(self, a, *, k=1): ...
    def _p(self, a): ...
    def __len__(self): ...
def _q(a): ...
"""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("tests/test_a.py", False),
        ("docs/conf.py", False),
        ("examples/a.py", False),
        ("setup.py", False),
        (".github/a.py", False),
        ("a.pyi", False),
        ("pkg/a.py", True),
        ("pkg/_a.py", True),
    ],
)
def test_it_wants_what_others_may_import(path, wanted):
    assert wants(path, "") is wanted


@pytest.mark.parametrize(
    ("path", "head", "base"),
    [
        ("a.py", BASE, None),  # a new module breaks nobody
        ("a.py", BASE, BASE),
        ("a.py", BASE.replace("b=1", "b=1, c=2"), BASE),
        ("a.py", BASE.replace("b=1", "b=2"), BASE),
        ("a.py", BASE.replace("K = 1", "K = 2"), BASE),
        ("a.py", BASE.replace("def _p(self, a): ...", ""), BASE),
        ("a.py", BASE.replace("def _q(a): ...", ""), BASE),
        ("a.py", BASE.replace("def __len__(self): ...", ""), BASE),
        ("_a.py", "def f(a): ...\n", "def f(a, b): ...\n"),
        ("_pkg/a.py", "def f(a): ...\n", "def f(a, b): ...\n"),
        ("a.py", "def f(:\n", BASE),  # ruff says so, once
        ("a.py", BASE, "def f(:\n"),
    ],
)
def test_it_says_nothing_of_what_breaks_nobody(rules, path, head, base):
    assert rules("griffe", {path: head}, before={path: base} if base else None) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "message"),
    [
        ("K = 1\n", "\n", "object-removed", 0, "who uses `K` may have to change: it was removed"),
        ("a, b=1", "a", "parameter-removed", 3, "`f` may have to change: removed: `b`"),
        ("a, b=1", "a, b", "parameter-changed-required", 3, "now required: `b`"),
        ("a, b=1", "c, a, b=1", "parameter-added-required", 3, "`c`; moved: `a`, `b`"),
        ("a, b=1", "a, *, b=1", "parameter-changed-kind", 3, "passed in another way: `b`"),
        ("def f(a, b=1): ...", "f = 1", "object-changed-kind", 3, "`f` may"),
        ("class C(B)", "class C", "class-removed-base", 5, "it lost a base class"),
        (", *, k=1", "", "parameter-removed", 7, "`C.m` may have to change: removed: `k`"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["a.py", "pkg/_private.py"])
def test_it_finds_what_breaks_callers(look_at, old, new, rule, line, message, path):
    answer = look_at("griffe", {path: BASE.replace(old, new)}, before={path: BASE})
    (found,) = answer.findings
    assert (found.rule, found.line, found.severity.label) == (f"griffe/{rule}", line, "warning")
    assert message in found.message


def test_a_member_that_may_be_inherited_is_a_question(look_at):
    answer = look_at("griffe", {"a.py": BASE.replace("x = 1", "")}, before={"a.py": BASE})
    assert [found.severity.label for found in answer.findings] == ["info"]


def test_a_long_list_is_cut(look_at):
    base = "def f(a, b, c, d, e, g, h): ...\n"
    (found,) = look_at("griffe", {"a.py": "def f(): ...\n"}, before={"a.py": base}).findings
    assert found.message.endswith("removed: `a`, `b`, `c`, `d`, `e` and 2 more")


def test_all_lines_of_a_signature_are_meant(look_at):
    base = "@x\ndef f(\n    a,\n    b,\n):\n    return a\n"
    head = "@x\ndef f(\n    a,\n):\n    return a\n"
    (found,) = look_at("griffe", {"a.py": head}, before={"a.py": base}).findings
    assert found.lines == range(found.line, 5)


def test_nothing_is_imported(rules, tmp_path):
    touch = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    assert rules("griffe", {"a.py": touch}, before={"a.py": touch}) == []
    assert not (tmp_path / "ran").exists()


def test_one_file_that_cannot_be_read_costs_no_other(look_at):
    files = {"a.py": b"x = '\xe9'\n", "b.py": "def f(a): ...\n"}
    answer = look_at("griffe", files, before={"a.py": "x = 1\n", "b.py": "def f(a, b): ...\n"})
    assert [gap.path for gap in answer.gaps] == ["a.py"]
    assert [finding.path for finding in answer.findings] == ["b.py"]
