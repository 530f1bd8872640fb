"""The source around a finding, as it may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tasks.core.finding import Finding
from tasks.core.redaction import HIDDEN, secret_lines
from tasks.core.render.escape import source_line

MARKED = 12
"""How many lines of one finding, or of its suggestion, are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown; ``marked`` where the finding is about it."""

    number: int
    text: str
    marked: bool


class Sources:
    """The lines of the files at the head, each file split once; a secret's line is hidden."""

    def __init__(self, text_of: Callable[[str], str], findings: Iterable[Finding] = ()) -> None:
        hidden = secret_lines(findings)

        @cache
        def lines(path: str) -> tuple[str, ...]:
            # Only line breaks that every tool counts: str.splitlines() also splits at \f and \x85.
            text = text_of(path).replace("\r\n", "\n").replace("\r", "\n")
            found = text.removesuffix("\n").split("\n") if text else []
            for number in hidden.get(path, ()):
                found[number - 1 : number] = [HIDDEN]
            return tuple(found)

        self.lines = lines

    def about(self, finding: Finding) -> tuple[str, ...]:
        """Return the lines the finding is about, as they are in the file."""
        lines = self.lines(finding.path)
        return lines[finding.lines.start - 1 : finding.lines.stop - 1] if finding.lines else ()

    def excerpt(self, finding: Finding, context: int = 0) -> tuple[Line, ...]:
        """Return the lines it is about with ``context`` lines around them, ready to show."""
        about = finding.lines
        if not about:
            return ()
        lines = self.lines(finding.path)
        first = max(1, about.start - context)
        last = min(len(lines), min(about.stop - 1, about.start + MARKED - 1) + context)
        return tuple(
            Line(number, source_line(lines[number - 1]), number in about)
            for number in range(first, last + 1)
        )

    def pointer(self, finding: Finding) -> str:
        """Return blanks and a caret that stands below the finding's column; empty for none."""
        line = next(iter(self.about(finding)), "")
        if line == HIDDEN:
            return ""
        if not finding.column or finding.column > len(line) + 1:
            return ""
        before = source_line(line[: finding.column - 1] + "|")
        return "" if "…" in before else " " * (len(before) - 1) + "^"


def suggested(finding: Finding) -> tuple[str, ...]:
    """Return the lines it suggests, ready to show; none where it deletes or suggests none."""
    if not finding.suggestion:
        return ()
    lines = finding.suggestion.split("\n")
    shown = tuple(source_line(line) for line in lines[:MARKED])
    return (*shown, f"… ({len(lines) - MARKED} more lines)") if len(lines) > MARKED else shown
