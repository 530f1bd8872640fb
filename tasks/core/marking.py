"""Hold what the tools said against the change: is it on a line that the change touched?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.finding import Finding, in_order
from tasks.core.fingerprint import fingerprinted
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report

NEW = frozenset({Kind.ADDED, Kind.COPIED, Kind.RETYPED})
"""What happened to a file that is, as a file of its kind, as new as all its lines."""


def marked(
    report: Report, change: ChangeSet, policy: ReviewPolicy, text_of: Callable[[str], str]
) -> Report:
    """Return the report with its findings marked, weighed, fingerprinted and in order.

    Nothing is dropped but repetitions. A finding about a whole file is on a changed line when
    the file is new; one about several lines when one of them was touched. A file that
    was renamed and not changed has no changed line. What is said of the place behind the last
    line is said of the last line.
    """
    files = {file.path: file for file in change.files}

    @cache
    def last_line(path: str) -> int:
        text = text_of(path)
        return text.count("\n") + (not text.endswith("\n")) if text else 0

    def placed(finding: Finding) -> Finding:
        finding = _within(finding, last_line(finding.path)) if finding.line > 1 else finding
        finding = _marked(finding, files)
        return finding.but(severity=policy.severity_of(finding))

    found = _once(map(placed, report.findings))
    return report.but(findings=in_order(fingerprinted(found, text_of)))


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those that say the same of the same place again."""
    seen = {
        (finding.path, finding.line, finding.column, finding.rule, finding.message): finding
        for finding in findings
    }
    return tuple(seen.values())


def _within(finding: Finding, last: int) -> Finding:
    """Return the finding on a line that there is; where nothing is known of the text, as it is."""
    if finding.line <= last or not last:
        return finding
    return finding.but(line=last, end_line=last, column=0, suggestion=None)


def _marked(finding: Finding, files: Mapping[str, ChangedFile]) -> Finding:
    """Return the finding with the word on whether it is the change's doing."""
    if finding.caused is not None:
        return finding.but(on_changed_line=finding.caused)
    file = files.get(finding.path)
    if file is None:
        return finding.but(on_changed_line=False)
    if not finding.line:
        return finding.but(on_changed_line=file.kind in NEW)
    touched = file.touches(finding.lines)
    if not touched and finding.rule.endswith("/syntax") and file.blob != file.base_blob:
        return _broken(finding, file)
    return finding.but(on_changed_line=touched)


def _broken(finding: Finding, file: ChangedFile) -> Finding:
    """Return a syntax error on a line of the change.

    A tool notices far below what is missing above, and sees nothing else in such a file: on a
    line that the change did not touch, it would hide the whole file.
    """
    above = [lines.stop - 1 for lines in file.lines if lines.stop <= finding.line]
    line = above[-1] if above else file.lines[0].start if file.lines else 0
    return finding.but(
        line=line,
        end_line=line,
        column=0,
        suggestion=None,
        message=f"{finding.message} (noticed at line {finding.line})",
        on_changed_line=True,
    )
