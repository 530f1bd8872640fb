"""The diff of a pull request as GitHub shows it: three lines of context, renames found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.fake_github.git_state import git

OPTIONS = ("--no-ext-diff", "--no-textconv", "--no-color", "-M", "--full-index", "--no-abbrev")
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "T": "changed"}


@dataclass(frozen=True)
class Line:
    """A line of a diff: its number on either side (0: not there), and how far down it is."""

    old: int
    new: int
    position: int
    text: str

    def number(self, side: str) -> int:
        return self.new if side == "RIGHT" else self.old


@dataclass(frozen=True)
class FileDiff:
    """What became of one file."""

    status: str
    path: str
    old_path: str
    blob: str
    binary: bool
    hunks: tuple[tuple[Line, ...], ...]
    patch: str

    @property
    def additions(self) -> int:
        return sum(1 for hunk in self.hunks for line in hunk if not line.old and line.new)

    @property
    def deletions(self) -> int:
        return sum(1 for hunk in self.hunks for line in hunk if line.old and not line.new)

    def hunk(self, line: int, side: str) -> tuple[Line, ...] | None:
        """The hunk that a line is part of."""
        for hunk in self.hunks:
            if line and any(one.number(side) == line for one in hunk):
                return hunk
        return None


@lru_cache(maxsize=64)
def compare(folder: Path, base: str, head: str) -> dict[str, FileDiff]:
    """The changes from one commit to another, by the path that each file has now."""
    rows = list(_rows(git(folder, "diff", *OPTIONS, "--raw", "-z", base, head, "--")))
    patches = git(folder, "diff", *OPTIONS, "-p", "-U3", base, head, "--")
    pieces = iter(re.split(r"^diff --git .*\n", patches, flags=re.MULTILINE)[1:])
    found = {}
    for status, blob, old, new in rows:
        piece = next(pieces)
        if status == "T":
            piece += next(pieces)  # git says it twice: gone as one kind, there as another
        patch = piece[piece.index("\n@@ ") + 1 :] if "\n@@ " in piece else ""
        patch = patch.removesuffix("\n")
        binary = "\nBinary files " in piece
        hunks = tuple(_hunks(patch))
        found[new] = FileDiff(STATUS[status], new, old, blob, binary, hunks, patch)
    return found


def _rows(raw: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield status, blob, old and new path of each file."""
    fields = iter(raw.rstrip("\0").split("\0") if raw else ())
    for header in fields:
        _, _, old_blob, blob, status = header.split()
        old = next(fields)
        new = next(fields) if status[0] == "R" else old
        yield status[0], old_blob if status[0] == "D" else blob, old, new


def _hunks(patch: str) -> Iterator[tuple[Line, ...]]:
    hunk: list[Line] = []
    old = new = 0
    for position, text in enumerate(patch.split("\n") if patch else ()):
        if header := HUNK.match(text):
            if hunk:
                yield tuple(hunk)
            hunk, old, new = [], int(header[1]), int(header[3])
        elif text[:1] == "+":
            hunk.append(Line(0, new, position, text))
            new += 1
        elif text[:1] == "-":
            hunk.append(Line(old, 0, position, text))
            old += 1
        elif text[:1] != "\\":  # \ No newline at end of file
            hunk.append(Line(old, new, position, text))
            old, new = old + 1, new + 1
    if hunk:
        yield tuple(hunk)


@lru_cache(maxsize=256)
def _moves(
    folder: Path, base: str, head: str
) -> dict[str, tuple[str, tuple[tuple[int, int, int], ...]]]:
    """By old path: the new one, and the hunks without context as old start, length, new length."""
    rows = list(_rows(git(folder, "diff", *OPTIONS, "--raw", "-z", base, head, "--")))
    patches = git(folder, "diff", *OPTIONS, "-p", "-U0", base, head, "--")
    pieces = iter(re.split(r"^diff --git .*\n", patches, flags=re.MULTILINE)[1:])
    found = {}
    for status, _, old, new in rows:
        piece = next(pieces) + (next(pieces) if status == "T" else "")
        heads = [
            (int(h[1]), int(h[2] or 1), int(h[4] or 1))
            for h in map(HUNK.match, piece.split("\n"))
            if h
        ]
        found[old] = ("" if status in "DT" else new, tuple(heads))
    return found


def carried(folder: Path, base: str, head: str, path: str, line: int) -> tuple[str, int] | None:
    """Where a line of one commit is in another: path and number; None where it was changed."""
    if base == head or path not in (moves := _moves(folder, base, head)):
        return path, line
    now, hunks = moves[path]
    shift = 0
    for start, length, added in hunks:
        if length and start <= line < start + length:
            return None
        if (start if length else start + 1) <= line:
            shift += added - length
    return (now, line + shift) if now else None
