"""A page of Markdown that never gets longer than it may: whole rows and blocks, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

SPARE = 800
"""Bytes kept back for saying what was left out."""


def size(text: str) -> int:
    """Return the bytes of a text: some of GitHub's limits "of characters" are of these.

    https://github.com/github/docs/issues/35252
    """
    return len(text) if text.isascii() else len(text.encode("utf-8", "backslashreplace"))


class Page:
    """Blocks of lines up to ``limit`` bytes, and so characters; what does not fit is counted."""

    def __init__(self, limit: int) -> None:
        self.room = max(0, limit - SPARE)
        self.blocks: list[str] = []
        self.missing: list[str] = []

    def block(self, what: str, text: str) -> None:
        """Add this text whole, or not at all."""
        if text and size(text) + 2 <= self.room:
            self._add(text)
        elif text:
            self.missing.append(what)

    def rows(
        self,
        title: str,
        head: str,
        items: Sequence[Item],
        row: Callable[[Item], str] = str,
        *,
        share: float = 1.0,
    ) -> None:
        """Add a title, a table's head and as many rows as this share of the room takes.

        No more items are made to rows than fit: there may be very many.
        """
        if not items:
            return
        start = f"### {title}\n\n{head}"
        left = int(self.room * share) - size(start) - 2
        fitting: list[str] = []
        for line in map(row, items):
            left -= size(line) + 1
            if left < 0:  # a shorter row behind it must not jump the queue
                break
            fitting.append(line)
        if fitting:
            self._add(start + "\n".join(fitting))
        if len(fitting) < len(items):
            gone = len(items) - len(fitting)
            self.missing.append(f"{gone:,} of {len(items):,} rows of “{title}”")

    def _add(self, text: str) -> None:
        self.blocks.append(text)
        self.room -= size(text) + 2

    def text(self) -> str:
        """Return the page, and at its end what there was no room for."""
        notice = [f"_Left out for want of room: {'; '.join(self.missing)}._"]
        return "\n\n".join([*self.blocks, *(notice if self.missing else [])]) + "\n"
