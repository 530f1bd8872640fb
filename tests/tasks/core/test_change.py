from __future__ import annotations

import pytest

from tasks.core.change import IGNORED, ChangedFile, ChangeSet, Kind

FILE = ChangedFile("a.py", Kind.MODIFIED, lines=(range(3, 5), range(9, 10)))


@pytest.mark.parametrize("lines", [range(0), range(1, 3), range(5, 9), range(10, 99)])
def test_a_line_beside_a_change_is_not_touched(lines):
    assert not FILE.touches(lines)


@pytest.mark.parametrize(
    "lines", [range(3, 4), range(1, 4), range(4, 9), range(9, 10), range(1, 99)]
)
def test_one_touched_line_is_enough(lines):
    assert FILE.touches(lines)


def test_a_file_without_changed_lines_is_never_touched():
    assert not ChangedFile("a.py", Kind.RENAMED).touches(range(1, 99))


@pytest.mark.parametrize(
    ("name", "project"),
    [("o/n@abc", "o/n"), ("folder@WORKTREE", "folder"), ("a@b@c", "a@b"), ("plain", "plain")],
)
def test_the_project_is_the_name_without_its_head(name, project):
    assert ChangeSet(name, "b", "h").project == project


def test_every_file_is_looked_at_or_left_out_or_gone():
    copied = ChangedFile("a", Kind.ADDED, head="/scratch/a")
    gone = ChangedFile("b", Kind.DELETED)
    link = ChangedFile("c", Kind.ADDED, left_out="a symbolic link")
    ignored = ChangedFile("d", Kind.ADDED, left_out=IGNORED)
    change = ChangeSet("t@h", "b", "h", (copied, gone, link, ignored))
    assert change.looked_at == (copied,)
    assert change.left_out == (link, ignored)
    assert change.missed == (link,)
