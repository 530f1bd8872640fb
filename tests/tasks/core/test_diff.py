from __future__ import annotations

import pytest

from tasks.core.change import Kind
from tasks.core.diff import RawEntry, parse_hunks, parse_raw, safe_name, shown, stand_in

A, B, NO = "a" * 40, "b" * 40, "0" * 40


def raw(letter, *paths, modes=("100644", "100644"), ids=(A, B)):
    head = f":{modes[0]} {modes[1]} {ids[0]} {ids[1]} {letter}".encode()
    return b"\0".join((head, *paths)) + b"\0"


@pytest.mark.parametrize("data", [b"", b"\0", A.encode() + b"\0"])
def test_no_difference_has_no_entries(data):
    assert list(parse_raw(data)) == []


@pytest.mark.parametrize(
    ("data", "entry"),
    [
        (
            raw("M", b"a.py"),
            RawEntry(Kind.MODIFIED, 0o100644, 0o100644, A, B, b"a.py", b"a.py"),
        ),
        (
            raw("A", b"a.py", modes=("000000", "100755"), ids=(NO, B)),
            RawEntry(Kind.ADDED, 0, 0o100755, "", B, b"", b"a.py"),
        ),
        (
            raw("D", b"a.py", modes=("100644", "000000"), ids=(A, NO)),
            RawEntry(Kind.DELETED, 0o100644, 0, A, "", b"a.py", b"a.py"),
        ),
        (
            raw("R087", b"old", b"new"),
            RawEntry(Kind.RENAMED, 0o100644, 0o100644, A, B, b"old", b"new"),
        ),
        (
            raw("C100", b"old", b"new", ids=(A, A)),
            RawEntry(Kind.COPIED, 0o100644, 0o100644, A, A, b"old", b"new"),
        ),
        (
            raw("T", b"a", modes=("120000", "100644")),
            RawEntry(Kind.RETYPED, 0o120000, 0o100644, A, B, b"a", b"a"),
        ),
        (
            raw("M", b"s", modes=("160000", "160000"), ids=("a" * 64, "0" * 64)),
            RawEntry(Kind.MODIFIED, 0o160000, 0o160000, "a" * 64, "", b"s", b"s"),
        ),
        (
            raw("M", b":100644 100644 x y M\n\xff"),
            RawEntry(
                Kind.MODIFIED, 0o100644, 0o100644, A, B, *([b":100644 100644 x y M\n\xff"] * 2)
            ),
        ),
    ],
)
def test_an_entry_is_read_as_git_says_it(data, entry):
    assert list(parse_raw(data)) == [entry]


def test_an_unmerged_path_comes_once():
    data = raw("U", b"a", modes=("000000", "000000"), ids=(NO, NO)) + raw("M", b"a")
    assert [entry.kind for entry in parse_raw(data)] == [Kind.MODIFIED]


def test_a_renamed_file_does_not_take_the_next_entry_along():
    data = raw("R100", b"old", b"new") + raw("M", b"b")
    assert [entry.path for entry in parse_raw(data)] == [b"new", b"b"]


@pytest.mark.parametrize(
    ("patch", "lines"),
    [
        ([], {}),
        ([b"diff --git 0 0\n", b"old mode 100644\n", b"new mode 100755\n"], {0: ()}),
        ([b"diff --git 7 7", b"@@ -1 +1 @@", b"-a", b"+b"], {7: (range(1, 2),)}),
        ([b"diff --git 7 7\n", b"@@ -0,0 +1,3 @@\n"], {7: (range(1, 4),)}),
        ([b"diff --git 7 7", b"@@ -4,2 +3,0 @@", b"-a", b"-b"], {7: ()}),
        (
            [b"diff --git 7 7", b"@@ -1 +1 @@ def f():", b"@@ -9,0 +10,2 @@"],
            {7: (range(1, 2), range(10, 12))},
        ),
        (
            [b"diff --git 1 1", b"@@ -1 +1 @@", b"diff --git 2 2", b"@@ -2 +2 @@"],
            {1: (range(1, 2),), 2: (range(2, 3),)},
        ),
    ],
)
def test_hunks_become_the_lines_of_the_head(patch, lines):
    assert parse_hunks(patch) == lines


def test_what_a_file_holds_cannot_pass_for_a_header():
    inside = [b"+@@ -1 +999 @@", b"+diff --git 5 5", b"-@@ -1 +7 @@", b"\\ No newline at end"]
    patch = [b"diff --git 0 0", b"@@ -1 +1,2 @@", *inside]
    assert parse_hunks(patch) == {0: (range(1, 3),)}


@pytest.mark.parametrize(
    ("path", "text"), [(b"a/b.py", "a/b.py"), ("ä.py".encode(), "ä.py"), (b"\xff.py", "\\xff.py")]
)
def test_a_path_is_shown_as_it_is_where_it_can_be(path, text):
    assert shown(path) == text


@pytest.mark.parametrize(
    "path",
    [
        "a.py", "src/pkg/__init__.py", "--help", "-rf", "a b.py", "it's.py", 'say "hi".py',
        "$(id).py",
        "ünï/çode.py", "[slug].tsx", "*.py", "a;b|c&d", ".github/workflows/ci.yml", "git/x", "...",
        "unnameable.py", "a/unnameable/b", "x" * 200,
    ],
)  # fmt: skip
def test_a_plain_name_stays(path):
    assert safe_name(path.encode(), 3) == path


@pytest.mark.parametrize(
    "path",
    [
        b"", b"/etc/passwd", b"../x.py", b"a/../x.py", b"a/./x.py", b"a//x.py", b"..", b".",
        b".git/config", b"a/.GIT/hooks/x.py", b"\xff.py", b"a\nb.py", b"\x1b[2J.py", b"a\\b.py",
        b"a\x7f.py", "\u202egpj.py".encode(), "\u200b.py".encode(), "\u2028.py".encode(),
        "\ufeff.py".encode(), "\x85.py".encode(), b"x" * 201, b"d/" * 460 + b"x.py",
        b"unnameable/3.py", b"unnameable",
    ],
)  # fmt: skip
def test_a_name_that_is_not_plain_gets_a_stand_in_with_its_ending(path):
    ending = ".py" if path.endswith(b".py") else ""
    assert safe_name(path, 3) == stand_in(path, 3) == f"unnameable/3{ending}"


@pytest.mark.parametrize(
    "path", [b"a.py\n", b"a.p/y", b"a.", b"a.\xff", b"a.sh;rm", b".x" * 9 + b"."]
)
def test_only_a_plain_ending_is_kept(path):
    assert stand_in(path, 0) == "unnameable/0"
