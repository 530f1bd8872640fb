"""What the job in GitHub Actions that made a review hands on to the steps after it."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.core.finding import Severity
from tasks.core.verdict import Verdict

NOT_REVIEWED = "not_reviewed"
"""The word for a review that needed no verdict: a draft, a label, a newer push."""

COUNTED: Mapping[Severity, str] = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "errors",
    Severity.WARNING: "warnings",
    Severity.INFO: "remarks",
}
"""How a job calls the findings of a severity."""


def outputs_of(verdict: Verdict) -> dict[str, str]:
    """Return a job's outputs: the answer, and how many findings count for it."""
    found = [finding.severity for finding in verdict.counted]
    counts = {word: str(found.count(severity)) for severity, word in COUNTED.items()}
    return {
        "verdict": verdict.answer.value,
        "summary": verdict.summary,
        "findings": str(len(found)),
        **counts,
    }
