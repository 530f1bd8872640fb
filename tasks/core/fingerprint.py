"""Know a finding again after a rebase: by what it says about which code, not by where that is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

from tasks.core.finding import Finding

DIGITS = 16


class _Source:
    """A file's lines, asked about many times: every line is folded and hashed once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [" ".join(line.split()) for line in lines]
        self._before = _last_filled(self._lines)
        self._after = _last_filled(self._lines[::-1])[::-1]
        self._known: dict[int, tuple[str, str]] = {}

    def around(self, line: int) -> tuple[str, str]:
        """Return what stands at this line, with what is next to it, and alone.

        Lines count from 1. Blanks do not count. Where there is no such line, both are empty.
        """
        if not 1 <= line <= len(self._lines):
            return "", ""
        at = line - 1
        if at not in self._known:
            alone = self._lines[at]
            self._known[at] = (_hash(self._before[at], alone, self._after[at]), _hash(alone))
        return self._known[at]


def fingerprint(
    rule: str, path: str, source_lines: Sequence[str], line: int, occurrence: int = 0
) -> str:
    """Return what this finding is known by, while its line and the lines beside it stay.

    ``line`` counts from 1; 0 is the whole file. ``occurrence`` tells apart what is otherwise
    the same: 0 for the first in the file.
    """
    return _identity(rule, path, _Source(source_lines).around(line)[0], occurrence)


def line_fingerprint(
    rule: str, path: str, source_lines: Sequence[str], line: int, occurrence: int = 0
) -> str:
    """Return what this finding is known by while its own line stays, whatever is beside it."""
    return _line_identity(rule, path, _Source(source_lines).around(line)[1], occurrence)


def fingerprinted(
    findings: Sequence[Finding], text_of: Callable[[str], str]
) -> tuple[Finding, ...]:
    """Return the findings, in their order, each with its fingerprint and that of its line.

    ``text_of`` gives the text of a path; it is asked once for each.
    """
    sources: dict[str, _Source] = {}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    marks: list[tuple[str, str]] = [("", "")] * len(findings)
    # numbered as they stand in the file, whatever order the tools speak in
    for index in sorted(range(len(findings)), key=lambda index: _place(findings[index])):
        finding = findings[index]
        rule, path = finding.rule, finding.path
        if path not in sources:
            sources[path] = _Source(_lines_of(text_of(path)))
        around, alone = sources[path].around(finding.line)
        same, same_line = ("around", rule, path, around), ("alone", rule, path, alone)
        marks[index] = (
            _identity(rule, path, around, seen[same]),
            _line_identity(rule, path, alone, seen[same_line]),
        )
        seen.update((same, same_line))
    return tuple(
        finding.but(fingerprint=mark, line_fingerprint=line)
        for finding, (mark, line) in zip(findings, marks, strict=True)
    )


def _place(finding: Finding) -> tuple[str, int, int, int, str]:
    return (finding.path, finding.line, finding.column, finding.end_line, finding.message)


def _lines_of(text: str) -> list[str]:
    """Return the lines as tools count them; str.splitlines would break at form feeds too."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _last_filled(lines: Sequence[str]) -> list[str]:
    """Return, for each line, the last one before it that is not blank."""
    last = ""
    result: list[str] = []
    for line in lines:
        result.append(last)
        last = line or last
    return result


def _identity(rule: str, path: str, around: str, occurrence: int) -> str:
    return _hash(rule, path, around, str(occurrence))[:DIGITS]


def _line_identity(rule: str, path: str, alone: str, occurrence: int) -> str:
    # one part more than the other: where both know nothing of the line, they still differ
    return _hash("line", rule, path, alone, str(occurrence))[:DIGITS]


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "backslashreplace")
        digest.update(b"%d:" % len(data))  # so that no two lists of parts read the same
        digest.update(data)
    return digest.hexdigest()
