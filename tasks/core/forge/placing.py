"""Where GitHub takes a comment on a finding: on lines of the head that its diff shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tasks.core.change import ChangedFile, ChangeSet
from tasks.core.diff import safe_name
from tasks.core.finding import Finding

CONTEXT = 3
"""Unchanged lines that GitHub shows around changed ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a comment; ``start_line`` is 0 where it is on one line."""

    line: int
    start_line: int = 0

    @property
    def lines(self) -> range:
        """Return its lines."""
        return range(self.start_line or self.line, self.line + 1)


class Placing:
    """The places of a change's findings; each file is looked at once."""

    def __init__(self, change: ChangeSet, text_of: Callable[[str], str]) -> None:
        files = {file.path: file for file in change.files}

        @cache
        def last_line(path: str) -> int:
            text = text_of(path)
            return text.count("\n") + (not text.endswith("\n")) if text else 0

        def of(finding: Finding) -> Place | None:
            file = files.get(finding.path)
            return place(finding, file, last_line(finding.path)) if file else None

        def is_there(path: str) -> bool:
            return path in files and _can_be_named(files[path]) and last_line(path) > 0

        self.of = of
        self.is_there = is_there


def hunks_of(file: ChangedFile, last_line: int) -> tuple[range, ...]:
    """Return the stretches of the head's lines that GitHub surely shows in one piece each.

    Where the change only deletes, GitHub shows more: no line of the head tells of it.
    """
    hunks: list[range] = []
    for lines in stretches(file):
        start, stop = max(1, lines.start - CONTEXT), min(last_line + 1, lines.stop + CONTEXT)
        if hunks and start <= hunks[-1].stop:
            hunks[-1] = range(hunks[-1].start, max(hunks[-1].stop, stop))
        elif start < stop:
            hunks.append(range(start, stop))
    return tuple(hunks)


def stretches(file: ChangedFile) -> tuple[range, ...]:
    """Return the lines that were added or changed, in pieces without a gap."""
    pieces: list[range] = []
    for lines in sorted(file.lines, key=lambda lines: lines.start):
        if pieces and lines.start <= pieces[-1].stop:
            pieces[-1] = range(pieces[-1].start, max(pieces[-1].stop, lines.stop))
        elif lines:
            pieces.append(lines)
    return tuple(pieces)


def place(finding: Finding, file: ChangedFile, last_line: int) -> Place | None:
    """Return where to comment on a finding, or None where GitHub would refuse it.

    A comment is on lines that the change added or changed. One with a suggestion is on all
    the lines that it replaces, as far as they are shown in one hunk.
    """
    if not finding.lines or not _can_be_named(file):
        return None
    touched = (_common(finding.lines, lines) for lines in stretches(file))
    first = next((lines for lines in touched if lines and lines.stop <= last_line + 1), None)
    if first is None:
        return None
    replaced = finding.lines if finding.suggestion is not None else first
    if any(_common(replaced, hunk) == replaced for hunk in hunks_of(file, last_line)):
        return _on(replaced)
    return _on(first)


def _on(lines: range) -> Place:
    last = lines.stop - 1
    return Place(last, lines.start if lines.start < last else 0)


def _common(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _can_be_named(file: ChangedFile) -> bool:
    """Return whether its path and its lines are the same to GitHub, to git and to the tools."""
    path = file.path.encode("utf-8", "replace")
    return not file.left_out and not file.odd and safe_name(path, 0) == file.path
