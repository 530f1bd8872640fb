"""Read what git says of a difference: the raw list of files, and the hunks of a patch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks.core.change import Kind

NOTHING = frozenset({"0" * 40, "0" * 64})
"""The object id of what is not there."""

HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One file of ``git diff-tree --raw -z``; ids are empty for a side that is not there."""

    kind: Kind
    base_mode: int
    mode: int
    base_blob: str
    blob: str
    base_path: bytes
    path: bytes


def parse_raw(data: bytes) -> Iterator[RawEntry]:
    """Yield the entries of ``--raw -z --no-abbrev``."""
    fields = iter(data.split(b"\0"))
    for head in fields:
        if not head.startswith(b":"):
            continue  # the end, or the commit id that diff-tree prints for a single commit
        base_mode, mode, base_blob, blob, letter = head[1:].decode("ascii").split(" ")
        base_path = path = next(fields)
        if letter[0] == "U":
            continue  # unmerged: the same path comes again with what lies in the work tree
        kind = Kind(letter[0])
        if kind in {Kind.RENAMED, Kind.COPIED}:
            path = next(fields)
        yield RawEntry(
            kind=kind,
            base_mode=int(base_mode, 8),
            mode=int(mode, 8),
            base_blob="" if base_blob in NOTHING else base_blob,
            blob="" if blob in NOTHING else blob,
            base_path=b"" if kind is Kind.ADDED else base_path,
            path=path,
        )


def parse_hunks(patch: Iterable[bytes]) -> dict[int, tuple[range, ...]]:
    """Return the changed lines of each numbered file of a ``-U0`` patch.

    The files are named by number because their real names are not ours to trust; what a
    hunk holds begins with ``+``, ``-``, a blank or a backslash, and cannot pass for a header.
    A hunk that only deletes leaves no line of the head to speak of.
    """
    found: dict[int, list[range]] = {}
    current: list[range] = []
    for line in patch:
        if line.startswith(b"diff --git "):
            current = found.setdefault(int(line.rsplit(b" ", 1)[1]), [])
        elif match := HUNK.match(line):
            start = int(match[1])
            count = 1 if match[2] is None else int(match[2])
            if count:
                current.append(range(start, start + count))
    return {number: tuple(ranges) for number, ranges in found.items()}


def shown(path: bytes) -> str:
    """Return a path for people: what is not UTF-8 is backslash-escaped."""
    return path.decode("utf-8", "backslashreplace")


LONGEST_NAME, LONGEST_PATH = 200, 900
"""Bytes that leave room for our own folders below Linux's limits of 255 and 4,096."""

STAND_INS = "unnameable"
"""The folder of stand-ins; what a tree has of this name gets one too, so none is taken."""

_PLAIN = re.compile(
    r"[^\x00-\x1f\x7f\\\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+"
)


def safe_name(path: bytes, number: int) -> str:
    """Return the relative path under which a file's copy can be given to any tool.

    It is the path itself where that is plain. Names that are not UTF-8, that hold control or
    directional characters, or parts that no tree may have (``..``, ``.git``) get a stand-in
    that keeps the ending and is unique by ``number``.
    """
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    parts = text.split("/")
    odd = {"", ".", ".."}
    possible = parts[0] != STAND_INS and not any(
        part in odd or part.lower() == ".git" for part in parts
    )
    short = len(path) <= LONGEST_PATH and all(len(part.encode()) <= LONGEST_NAME for part in parts)
    if possible and short and _PLAIN.fullmatch(text):
        return text
    return stand_in(path, number)


def stand_in(path: bytes, number: int) -> str:
    """Return a relative path for what cannot lie under its own: unique, with the same ending."""
    ending = re.search(rb"\.[A-Za-z0-9]{1,10}\Z", path)
    return f"{STAND_INS}/{number}{ending[0].decode() if ending else ''}"
