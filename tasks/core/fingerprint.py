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
        self._known: dict[int, str] = {}

    def around(self, line: int) -> str:
        """Return what stands at this line, counted from 1, and next to it; blanks do not count."""
        if not 1 <= line <= len(self._lines):
            return ""
        at = line - 1
        if at not in self._known:
            self._known[at] = _hash(self._before[at], self._lines[at], self._after[at])
        return self._known[at]


def fingerprint(
    rule: str, path: str, source_lines: Sequence[str], line: int, occurrence: int = 0
) -> str:
    """Return what this finding is known by, while its line and the lines beside it stay.

    ``line`` counts from 1; 0 is the whole file. ``occurrence`` tells apart what is otherwise
    the same: 0 for the first in the file.
    """
    return _identity(rule, path, _Source(source_lines).around(line), occurrence)


def fingerprinted(
    findings: Sequence[Finding], text_of: Callable[[str], str]
) -> tuple[Finding, ...]:
    """Return the findings, in their order, each with its fingerprint.

    ``text_of`` gives the text of a path; it is asked once for each.
    """
    sources: dict[str, _Source] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    marks = [""] * len(findings)
    # numbered as they stand in the file, whatever order the tools speak in
    for index in sorted(range(len(findings)), key=lambda index: _place(findings[index])):
        finding = findings[index]
        if finding.path not in sources:
            sources[finding.path] = _Source(_lines_of(text_of(finding.path)))
        around = sources[finding.path].around(finding.line)
        same = (finding.rule, finding.path, around)
        marks[index] = _identity(*same, seen[same])
        seen[same] += 1
    return tuple(
        finding.but(fingerprint=mark) for finding, mark in zip(findings, marks, strict=True)
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


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "backslashreplace")
        digest.update(b"%d:" % len(data))  # so that no two lists of parts read the same
        digest.update(data)
    return digest.hexdigest()
