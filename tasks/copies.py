"""Write what git has as regular files of our own, which is all that a tool is ever given."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tasks.core.change import REGULAR, ChangeSet
from tasks.core.diff import safe_name, shown
from tasks.core.report import Gap
from tasks.git import Repository, open_repository

FIRST_LINE = 200
"""Bytes of a first line that a ``#!`` is looked for in."""

SNIFFED = 8000
"""Bytes at the start of a file in which a NUL makes it binary; git's own rule."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made: where, its first line, how many lines, whether it is text."""

    path: str
    first_line: str
    lines: int
    binary: bool


def copy_blobs(
    repository: Repository, side: str, scratch: str, wanted: Mapping[str, list[tuple[int, str]]]
) -> dict[int, Copy]:
    """Write the wanted blobs as regular files below a side's folder."""
    made: dict[int, Copy] = {}
    root = Path(scratch, side)
    root.mkdir(parents=True, exist_ok=True)
    for blob, content in repository.contents(list(wanted)):
        binary = b"\0" in content[:SNIFFED]
        first = content[:FIRST_LINE].split(b"\n", 1)[0].decode("utf-8", "replace")
        lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
        for number, name in wanted[blob]:
            path = write_new(root, name, content, number)
            made[number] = Copy(path, first, lines, binary)
    return made


def write_new(
    root: Path, name: str, content: bytes, number: int, *, executable: bool = False
) -> str:
    """Write a file that is not there yet, and never through a link; return where."""
    path = root / name
    mode = 0o755 if executable else 0o644
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except OSError:  # a tree that has both ``a`` and ``a/b``, or the same name twice
        path = root / "unnameable" / f"{number}{path.suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return str(path)


def materialise(change: ChangeSet, side: str, into: Path) -> tuple[Gap, ...]:
    """Write the whole tree of one side, ``head`` or ``base``, as regular files.

    Links and submodules are left out, and named; so is what is not in the clone.
    """
    tree = change.head_tree if side == "head" else change.base_tree
    repository = open_repository(change.repository).with_scratch(change.scratch)
    gaps = []
    wanted: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
    for number, row in enumerate(repository.run("ls-tree", "-r", "-z", tree).split(b"\0")):
        if not row:
            continue
        head, path = row.split(b"\t", 1)
        mode, _, blob = head.decode("ascii").split()
        if int(mode, 8) in REGULAR:
            wanted[blob].append((number, safe_name(path, number), mode == "100755"))
        else:
            gaps.append(Gap(who="checkout", path=shown(path), why="a link or a submodule"))
    for blob, content in repository.contents(list(wanted)):
        for number, name, executable in wanted[blob]:
            write_new(into, name, content, number, executable=executable)
    return tuple(gaps)


def reader(change: ChangeSet) -> Callable[[str], str]:
    """Return what gives the text of a path at the head, or nothing where there is no copy."""
    copies = {file.path: file.head for file in change.files if file.head}

    @lru_cache(maxsize=64)
    def text_of(path: str) -> str:
        copy = copies.get(path)
        return Path(copy).read_text(encoding="utf-8", errors="replace") if copy else ""

    return text_of
