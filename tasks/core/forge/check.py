"""What a check run says: how it ends, in which words, and beside which lines."""

from __future__ import annotations

from itertools import islice

from tasks.core.finding import Finding, Severity
from tasks.core.forge.about import About
from tasks.core.forge.placing import Placing
from tasks.core.forge.writes import (
    CHECK_LIMIT,
    DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    Annotation,
    CheckOutput,
    Conclusion,
)
from tasks.core.render.as_markdown import LIMIT, render
from tasks.core.render.escape import name, one_line
from tasks.core.render.page import size
from tasks.core.verdict import Answer, Verdict

CONCLUSIONS = {
    Answer.PASSED: Conclusion.SUCCESS,
    Answer.FAILED: Conclusion.FAILURE,
    Answer.DID_NOT_LOOK: Conclusion.ACTION_REQUIRED,
}

STATES = {
    Conclusion.SUCCESS: "success",
    Conclusion.FAILURE: "failure",
    Conclusion.ACTION_REQUIRED: "error",
    Conclusion.SKIPPED: "success",  # as GitHub counts a skipped check run
    Conclusion.NEUTRAL: "pending",  # not failed, and nobody may take it for passed
}
"""How a commit status says it, in GitHub's words."""

LEVELS = {
    Severity.INFO: "notice",
    Severity.WARNING: "warning",
    Severity.ERROR: "failure",
    Severity.CRITICAL: "failure",
}

MESSAGE = 4_000
"""Characters of an annotation's message; written out they are ten times as many bytes at most,
and GitHub takes 64 KB."""

CUT = "…"


def title(text: str, limit: int = TITLE_LIMIT) -> str:
    """Return a text as one plain line of at most so many bytes."""
    line = one_line(text, 2 * limit).strip()
    if size(line) <= limit:
        return line
    # what is left of a character that was cut through is dropped
    kept = line.encode()[: limit - size(CUT)].decode(errors="ignore")
    return f"{kept.rstrip()}{CUT}"


def description(text: str) -> str:
    """Return a text as a commit status takes it."""
    return title(text, DESCRIPTION_LIMIT)


def output(verdict: Verdict, about: About) -> CheckOutput:
    """Return what the check run of a verdict says."""
    page = render(verdict, about.shown, limit=min(LIMIT, CHECK_LIMIT))
    return CheckOutput(title=title(verdict.summary or verdict.answer), summary=page)


def beside(verdict: Verdict, about: About, placing: Placing) -> tuple[Annotation, ...]:
    """Return what stands beside the lines of the change, the worst first.

    The order is the same for every run of the same verdict: of those that GitHub has, it tells
    no more than how many.
    """
    found = sorted(about.shown.findings_of(verdict), key=lambda finding: -finding.severity)
    placed = (_annotation(finding, placing) for finding in found if finding.on_changed_line)
    return tuple(islice(filter(None, placed), about.policy.say.annotations))


def _annotation(finding: Finding, placing: Placing) -> Annotation | None:
    """Return a finding as an annotation; of a whole file it stands at its first line."""
    place = placing.of(finding.but(suggestion=None))
    if place is None and (finding.line or not placing.is_there(finding.path)):
        return None
    lines = place.lines if place else range(1, 2)
    on_one_line = len(lines) == 1 and lines.start == finding.line
    return Annotation(
        path=finding.path,
        start_line=lines.start,
        end_line=lines.stop - 1,
        level=LEVELS[finding.severity],
        title=title(name(finding.rule)),
        message=one_line(finding.message, MESSAGE) or title(name(finding.rule)),
        # GitHub takes columns for a single line only
        start_column=finding.column if on_one_line else 0,
    )
