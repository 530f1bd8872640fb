"""Print the unreachable code that vulture is sure of, each file by itself.

The library rather than the command: that prints paths which may hold line breaks, and ends
at the first file it cannot decode.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from vulture import Vulture  # type: ignore[import-untyped]

from tasks.probes.source import Item, answer, files, text_of, tree_of

SURE = 80
"""Percent: below lies every function that another file may call."""

NOQA = re.compile("noqa", re.IGNORECASE)


def look(path: str) -> Iterator[Item]:
    """Yield the dead code of one file."""
    tree_of(path)  # vulture itself would print what is wrong with it, and go on
    vulture = Vulture()
    # its silencer cannot be switched off; misspelt everywhere alike, names keep their uses
    vulture.scan(NOQA.sub("n0qa", text_of(path)), filename=path)
    for item in vulture.get_unused_code(min_confidence=SURE):
        if item.typ == "unreachable_code":
            yield {
                "line": item.first_lineno,
                "end_line": item.last_lineno,
                "message": item.message,
                "confidence": item.confidence,
            }


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    answer(files(arguments), look)


if __name__ == "__main__":
    main(sys.argv)
