"""Hold what the tools said against the change: is it on a line that the change touched?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.finding import Finding, in_order
from tasks.core.fingerprint import fingerprinted
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report


def marked(
    report: Report, change: ChangeSet, policy: ReviewPolicy, text_of: Callable[[str], str]
) -> Report:
    """Return the report with its findings marked, weighed, fingerprinted and in order.

    Nothing is dropped but repetitions. A finding about a whole file is on a changed line when
    the file is new; one about several lines when one of them was touched. A file that
    was renamed and not changed has no changed line.
    """
    files = {file.path: file for file in change.files}
    found = _once(
        finding.but(
            severity=policy.severity_of(finding), on_changed_line=_on_changed_line(finding, files)
        )
        for finding in report.findings
    )
    return report.but(findings=in_order(fingerprinted(found, text_of)))


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those that say the same of the same place again."""
    seen = {
        (finding.path, finding.line, finding.column, finding.rule, finding.message): finding
        for finding in findings
    }
    return tuple(seen.values())


def _on_changed_line(finding: Finding, files: Mapping[str, ChangedFile]) -> bool:
    file = files.get(finding.path)
    if file is None:
        return False
    if not finding.line:
        return file.kind is Kind.ADDED
    return file.touches(finding.lines)
