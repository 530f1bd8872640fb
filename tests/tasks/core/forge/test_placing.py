from __future__ import annotations

import pytest

from tasks.core.change import Kind
from tasks.core.forge.placing import Place, Placing, hunks_of, place, stretches
from tests.tasks.core.forge.scenes import LINES, about, changed, finding


def ranges(*pairs):
    return tuple(range(start, stop) for start, stop in pairs)


@pytest.mark.parametrize(
    ("lines", "last", "hunks"),
    [
        (ranges(), 60, ranges()),
        (ranges((1, 2)), 0, ranges()),  # a file of which nothing is known
        (ranges((1, 61)), 60, ranges((1, 61))),
        (ranges((10, 11)), 60, ranges((7, 14))),
        (ranges((1, 2), (60, 61)), 60, ranges((1, 5), (57, 61))),
        # six unchanged lines between: the contexts touch, and git shows one hunk
        (ranges((10, 11), (17, 18)), 60, ranges((7, 21))),
        (ranges((10, 11), (18, 19)), 60, ranges((7, 14), (15, 22))),
        (ranges((20, 30), (10, 11)), 60, ranges((7, 14), (17, 33))),
        (ranges((10, 30), (12, 13)), 60, ranges((7, 33))),
        (ranges((10, 11), (70, 71)), 60, ranges((7, 14))),
    ],
)
def test_hunks_have_three_lines_around_and_merge_where_they_touch(lines, last, hunks):
    assert hunks_of(changed("a.py", *lines) if lines else empty(), last) == hunks


def empty():
    return changed("a.py", lines=())


def test_hunks_are_those_of_git(repo):
    before = [f"line {number}\n" for number in range(1, 61)]
    after = list(before)
    for at in (0, 9, 16, 30, 31, 39, 59):
        after[at] = f"other {at}\n"
    after.insert(45, "new\n")
    repo.commit({"a.py": "".join(before)})
    repo.commit({"a.py": "".join(after)})
    (file,) = repo.change().files
    patch = repo.git("diff", "HEAD~1", "HEAD").splitlines()
    shown = [line.split("+")[1].split(" ")[0] for line in patch if line.startswith("@@")]
    pairs = [(int(start), int(count)) for start, _, count in (s.partition(",") for s in shown)]
    assert hunks_of(file, len(after)) == ranges(*((at, at + count) for at, count in pairs))


def test_neighbouring_changes_are_one_stretch():
    file = changed("a.py", range(5, 6), range(1, 3), range(3, 4), range(9, 9))
    assert stretches(file) == ranges((1, 4), (5, 6))


@pytest.mark.parametrize(
    ("lines", "suggestion", "placed"),
    [
        ((0, 0), None, None),  # a whole file
        ((9, 9), None, None),  # the context is not changed
        ((40, 45), None, None),
        ((60, 60), "", None),
        ((10, 0), None, Place(10)),
        ((10, 12), None, Place(12, 10)),
        ((8, 11), None, Place(11, 10)),
        ((1, 60), None, Place(14, 10)),  # the first changed stretch
        ((14, 30), None, Place(14)),
        ((21, 60), None, Place(24, 21)),
        # a suggestion replaces all its lines, so the comment is on all of them
        ((8, 11), "x", Place(11, 8)),
        ((7, 17), "x", Place(17, 7)),
        ((6, 11), "x", Place(11, 10)),  # the sixth line is not shown
        ((9, 9), "x", None),
        ((10, 30), "x", Place(14, 10)),
    ],
)
def test_a_comment_is_on_changed_lines_of_one_hunk(lines, suggestion, placed):
    file = changed("a.py", range(10, 15), range(21, 25))
    found = finding(line=lines[0], end_line=lines[1], suggestion=suggestion)
    assert place(found, file, LINES) == placed


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a.py", {"left_out": "larger than 1 MB"}),
        ("a.py", {"odd": True}),
        ("a.py", {"lines": ()}),
        ("unnameable/1.py", {}),
        ("not\\xffutf8.py", {}),
        ("half \udcff.py", {}),
        ("line\nbreak.py", {}),
        ("turned \u202e.py", {}),
    ],
)
def test_what_github_counts_or_calls_otherwise_has_no_place(path, values):
    assert place(finding(3), changed("a.py"), LINES) == Place(3)
    assert place(finding(3), changed(path, **values), LINES) is None


def test_a_line_that_is_not_there_has_no_place():
    file = changed("a.py", range(1, 100))
    assert place(finding(60, end_line=60), file, LINES) == Place(60)
    assert place(finding(61), file, LINES) is None
    assert place(finding(1), file, 0) is None


def test_a_place_knows_its_lines():
    assert Place(7).lines == range(7, 8)
    assert Place(7, 5).lines == range(5, 8)


def test_only_files_of_the_change_have_places():
    mine = about(changed("a.py"), changed("gone.py", kind=Kind.DELETED, lines=()))
    placing = Placing(mine.change, {"a.py": "one\ntwo"}.get)
    assert placing.of(finding(2, path="a.py")) == Place(2)
    assert placing.of(finding(3, path="a.py")) is None
    assert placing.of(finding(1, path="b.py")) is None
    assert [placing.is_there(path) for path in ("a.py", "gone.py", "b.py")] == [True, False, False]


def test_a_file_whose_lines_tools_count_otherwise_is_known_as_odd(repo):
    repo.commit({"odd.py": "a = 1\n", "plain.py": "a = 1\n"})
    repo.commit({"odd.py": "a = 1\rb = 2\n", "plain.py": "a = 2\r\n"})
    assert {file.path: file.odd for file in repo.change().files} == {
        "odd.py": True,
        "plain.py": False,
    }
