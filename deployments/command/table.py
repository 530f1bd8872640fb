"""Rows below a header, as a terminal or a pipe wants them, and times as a table has them."""

from __future__ import annotations

import io
import sys
import textwrap
from collections.abc import Collection, Mapping, Sequence

COLOURS: Mapping[str, str] = {
    "in_progress": "cyan",
    "paused": "yellow",
    "retrying": "yellow",
    "completed": "green",
    "failed": "red",
    "cancelled": "dim",
}
"""The colours of a review's states."""

LEAST = 12
"""A column is not made narrower, however narrow the terminal."""

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    colour: int = -1,
    figures: Collection[int] = (),
    prose: bool = False,
) -> str:
    """Return rows below their header, in colour on a terminal.

    ``colour`` is the column of a state; ``figures`` are columns that stand on the right. With
    ``prose`` the last column goes below its row where the terminal is too narrow for both.
    """
    if sys.stdout.isatty():
        from rich.console import Console

        width = Console().width
        whole = sum(2 + max(map(len, column)) for column in zip(header, *rows, strict=True))
        if prose and whole - 2 > width:
            return _with_notes(header, rows, colour, width)
        return _rich(header, rows, colour, figures, width)
    lines = [tuple(header), *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    return "".join(
        "  ".join(
            cell.rjust(width) if at in figures else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in lines
    )


def age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: ``3 min``."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return "now"


def _with_notes(
    header: Sequence[str], rows: Sequence[Sequence[str]], colour: int, width: int
) -> str:
    """Return each row in one line, and below it what it has to say."""
    indent = " " * (2 + max(len(row[0]) for row in (header, *rows)))
    above = _rich(header[:-1], [row[:-1] for row in rows], colour, (), width, wrap=False)
    title, *lines = above.splitlines()
    told = [title]
    for line, row in zip(lines, rows, strict=True):
        told += [
            line,
            *textwrap.wrap(row[-1], width, initial_indent=indent, subsequent_indent=indent),
        ]
    return "".join(f"{line}\n" for line in told)


def _rich(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    colour: int,
    figures: Collection[int],
    width: int,
    *,
    wrap: bool = True,
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    longest = max(widths)
    room = min(0, width - sum(widths) - 2 * (len(widths) - 1))
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for at, title in enumerate(header):
        shown.add_column(
            title,
            justify="right" if at in figures else "left",
            no_wrap=not wrap,
            overflow="fold" if wrap else "ellipsis",
            # the widest gives way
            width=max(LEAST, room + longest) if not wrap and widths[at] == longest else None,
        )
    for row in rows:
        cells = [Text(cell) for cell in row]
        if colour >= 0:
            cells[colour].stylize(COLOURS.get(row[colour], ""))
        shown.add_row(*cells)
    written = io.StringIO()
    Console(file=written, force_terminal=True, width=width).print(shown)
    return written.getvalue()
