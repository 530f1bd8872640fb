"""Write what git has as regular files of our own, which is all that a tool is ever given."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasks.blobs import contents, sizes
from tasks.core.change import REGULAR, ChangeSet
from tasks.core.diff import safe_name, shown, stand_in
from tasks.core.lines import line_count, odd_breaks
from tasks.core.report import Gap
from tasks.errors import CannotReview
from tasks.git import Repository, open_repository

FIRST_LINE = 200
"""Bytes of a first line that a ``#!`` is looked for in."""

SNIFFED = 8000
"""Bytes at the start of a file in which a NUL makes it binary; git's own rule."""


EXECUTABLE = 0o100755

LARGEST, ALL = 256 * 1024**2, 2 * 1024**3
"""Bytes of one file, and of all of them, when a whole tree is written."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made: where, its first line, how many lines, whether it is text.

    ``odd`` says that tools may number its lines otherwise than git.
    """

    path: str
    first_line: str
    lines: int
    binary: bool
    odd: bool = False


def copy_blobs(
    repository: Repository, side: str, scratch: str, wanted: Mapping[str, list[tuple[int, str]]]
) -> dict[int, Copy]:
    """Write the wanted blobs as regular files below a side's folder."""
    made: dict[int, Copy] = {}
    root = Path(scratch, side)
    root.mkdir(parents=True, exist_ok=True)
    for blob, content in contents(repository, list(wanted)):
        binary = b"\0" in content[:SNIFFED]
        first = content[:FIRST_LINE].split(b"\n", 1)[0].decode("utf-8", "replace")
        lines, odd = line_count(content), odd_breaks(content) > 0
        for number, name in wanted[blob]:
            path = write_new(root, name, content, number)
            made[number] = Copy(path, first, lines, binary, odd)
    return made


def write_new(
    root: Path, name: str, content: bytes, number: int, *, executable: bool = False
) -> str:
    """Write a file that is not there yet, and never through a link; return where.

    Raises:
        CannotReview: there is no room for it.
    """
    try:
        return _write(root / name, content, executable=executable)
    except OSError:  # a tree that has both ``a`` and ``a/b``, or the same name twice
        other = root / stand_in(os.fsencode(name), number)
    try:
        return _write(other, content, executable=executable)
    except OSError as error:
        raise CannotReview(
            f"cannot write a copy to {root}: {error.strerror}; make room, or set TMPDIR"
        ) from error


def _write(path: Path, content: bytes, *, executable: bool) -> str:
    mode = 0o755 if executable else 0o644
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        handle = os.open(path, flags, mode)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, flags, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return str(path)


def materialise(change: ChangeSet, side: str, into: Path, *, most: int = ALL) -> tuple[Gap, ...]:
    """Write the whole tree of one side, ``head`` or ``base``, as regular files.

    Links and submodules are left out, and named; so is what is not in the clone, or too large.
    """
    tree = change.head_tree if side == "head" else change.base_tree
    repository = open_repository(change.repository).with_scratch(change.scratch).own
    rows = list(_rows(repository, tree))
    size_of = sizes(repository, [row.blob for row in rows if row.mode in REGULAR])
    gaps: dict[int, str] = {}
    wanted: dict[str, list[_Row]] = defaultdict(list)
    total = 0
    for row in rows:
        size = size_of.get(row.blob, 0)
        if row.mode not in REGULAR:
            gaps[row.number] = "a link or a submodule"
        elif row.blob not in size_of:
            gaps[row.number] = "its content is not in this clone"
        elif size > LARGEST or total + size > most:
            gaps[row.number] = f"too large ({size:,} bytes)"
        else:
            wanted[row.blob].append(row)
            total += size
    for blob, content in contents(repository, list(wanted)):
        for row in wanted.pop(blob):
            name = safe_name(row.path, row.number)
            write_new(into, name, content, row.number, executable=row.mode == EXECUTABLE)
    gaps |= {row.number: "its content is damaged" for rest in wanted.values() for row in rest}
    return tuple(
        Gap(who="checkout", path=shown(row.path), why=gaps[row.number])
        for row in rows
        if row.number in gaps
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry of a tree."""

    number: int
    mode: int
    blob: str
    path: bytes


def _rows(repository: Repository, tree: str) -> Iterator[_Row]:
    """Yield all entries of a tree, those of its folders too."""
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", tree)
    for number, row in enumerate(listed.split(b"\0")):
        if row:
            head, path = row.split(b"\t", 1)
            mode, _, blob = head.decode("ascii").split()
            yield _Row(number, int(mode, 8), blob, path)


def reader(change: ChangeSet) -> Callable[[str], str]:
    """Return what gives the text of a path at the head, or nothing where there is no copy."""
    copies = {file.path: file.head for file in change.files if file.head}

    @lru_cache(maxsize=64)
    def text_of(path: str) -> str:
        copy = copies.get(path)
        return Path(copy).read_text(encoding="utf-8", errors="replace") if copy else ""

    return text_of
