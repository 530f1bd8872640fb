"""The words and figures that every format shows in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tasks.core.dismissal import Dismissal, Scope
from tasks.core.finding import Finding, Severity
from tasks.core.report import Report, Status
from tasks.core.verdict import Answer, Verdict

ANSWERS = {
    Answer.PASSED: "Passed",
    Answer.FAILED: "Failed",
    Answer.DID_NOT_LOOK: "Did not look",
}

STATUSES = {
    Status.CLEAN: "clean",
    Status.FINDINGS: "findings",
    Status.DID_NOT_LOOK: "did not look",
}

WORST_FIRST = tuple(sorted(Severity, reverse=True))


def headline(verdict: Verdict) -> tuple[str, str]:
    """Return the answer as a word, and the rest of the verdict's one line."""
    said = verdict.summary.removeprefix(f"{ANSWERS[verdict.answer].lower()}: ")
    return ANSWERS[verdict.answer], said


def duration(seconds: float) -> str:
    """Return a duration as a person says it: ``0.04 s``, ``12.3 s``, ``2 min 05 s``."""
    if seconds < 10:  # noqa: PLR2004 - one more digit where it matters
        return f"{seconds:.2f} s"
    if round(seconds, 1) < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def count(number: int, noun: str) -> str:
    """Return ``1 finding`` or ``2 findings``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def tally(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return how many there are of each severity, the worst first, none without."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in WORST_FIRST if found[severity]}


def by_severity(findings: Iterable[Finding]) -> str:
    """Return ``2 errors, 1 warning``."""
    nouns = {Severity.INFO: "remark", Severity.WARNING: "warning", Severity.ERROR: "error"}
    return ", ".join(
        f"{number:,} critical" if severity not in nouns else count(number, nouns[severity])
        for severity, number in tally(findings).items()
    )


def outcome(report: Report) -> str:
    """Return what a step said, in two or three words; with gaps, what it said besides."""
    found = count(len(report.findings), "finding") if report.findings else ""
    if report.status is Status.DID_NOT_LOOK:
        return f"did not look ({found})" if found else "did not look"
    return found or "clean"


def by_whom(dismissal: Dismissal) -> str:
    """Return whose word it is that a finding need not be mended, and where that holds."""
    by = dismissal.by or "somebody"
    return f"{by}, always" if dismissal.scope is Scope.REPOSITORY else by


def reason_of(dismissal: Dismissal) -> str:
    """Return the reason that was given."""
    return dismissal.why or "no reason given"


def how(report: Report) -> str:
    """Return how a step came to its answer, where that is worth a word."""
    words = ["cached"] if report.cached else []
    return ", ".join(words + ([f"{report.attempts} attempts"] if report.attempts > 1 else []))
