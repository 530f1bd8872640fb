"""Turn the edits of a tool's fix into the lines that replace others, where that is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

LONGEST = 40
"""A suggestion of more lines is no longer read before it is accepted."""

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what is between two places by a text; rows and columns count from 1."""

    row: int
    column: int
    end_row: int
    end_column: int
    text: str

    @property
    def last_row(self) -> int:
        """Return the last row it touches: one that ends where a row begins touches none of it."""
        whole_lines = self.end_column == 1 and self.end_row > self.row
        return self.end_row - 1 if whole_lines else self.end_row


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The lines that replace ``line`` to ``end_line``."""

    line: int
    end_line: int
    text: str


def lines_of(text: str) -> list[str]:
    """Return a text's lines, each without its break; a break ends a line and starts none."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.removesuffix("\n").split("\n")


def line_of(text: str, row: int) -> str:
    """Return one line of a text, counting from 1; nothing where there is none."""
    lines = lines_of(text)
    return lines[row - 1] if 0 < row <= len(lines) else ""


def suggestion(text: str, edits: Sequence[Edit], around: int) -> Suggestion | None:
    """Return what the edits make of the lines they touch.

    None where it would not be what the tool means: a hunk in two places, one that does not
    touch the row ``around`` that the finding is about, or one that does not end with its line.
    """
    edits = sorted(edits, key=lambda edit: (edit.row, edit.column))
    lines = lines_of(text)
    if not edits or (edits[0].row == 1 and text.startswith(BOM)):
        return None
    first, last = edits[0].row, max(edit.last_row for edit in edits)
    if not first <= around <= last <= len(lines) or last - first >= LONGEST:
        return None
    if any(after.row > before.last_row + 1 for before, after in pairwise(edits)):
        return None
    old = "".join(f"{line}\n" for line in lines[first - 1 : last])
    new = _applied(old, edits, first)
    if new is None or new in {old, "\n"} or (new and not new.endswith("\n")):
        return None
    return Suggestion(first, last, new.removesuffix("\n"))


def _applied(old: str, edits: Sequence[Edit], first: int) -> str | None:
    """Return the text with all edits made; None where two of them overlap."""
    starts = list(accumulate((len(line) + 1 for line in old.split("\n")), initial=0))
    made, at = [], 0
    for edit in edits:
        start = starts[edit.row - first] + edit.column - 1
        end = starts[edit.end_row - first] + edit.end_column - 1
        if start < at or end < start:
            return None
        made += [old[at:start], edit.text.replace("\r\n", "\n")]
        at = end
    return "".join([*made, old[at:]])
