"""A verdict as GitHub's Markdown: for a check run, an artifact, a comment, a summary."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.core.dismissal import Dismissed
from tasks.core.finding import Finding, Severity
from tasks.core.render import Shown
from tasks.core.render.escape import code, for_markdown
from tasks.core.render.graph import image, mermaid
from tasks.core.render.page import Page
from tasks.core.render.source import Sources, suggested
from tasks.core.render.words import (
    by_severity,
    by_whom,
    duration,
    headline,
    how,
    outcome,
    reason_of,
)
from tasks.core.report import Gap, Report, Status
from tasks.core.verdict import Answer, Verdict

LIMIT = 65_000
"""Bytes. GitHub refuses more than 65,535 in a comment, a review or a check run's text:
https://docs.github.com/en/rest/checks/runs"""

TOP = 5
"""How many findings are shown with their source."""

BAR = 24
"""Characters of the timeline's width."""

DRAWN = 60
"""Steps; a larger graph is no picture any more, and mermaid refuses it at some point."""

ANSWER = {Answer.PASSED: "✅", Answer.FAILED: "❌", Answer.DID_NOT_LOOK: "⚠️"}
STATUS = {Status.CLEAN: "✅", Status.FINDINGS: "🔎", Status.DID_NOT_LOOK: "⚠️"}
SEVERITY = {
    Severity.CRITICAL: "🔴",
    Severity.ERROR: "🟠",
    Severity.WARNING: "🟡",
    Severity.INFO: "🔵",
}


def render(verdict: Verdict, shown: Shown, *, limit: int = LIMIT) -> str:
    """Return the verdict in at most ``limit`` characters, and say how many rows that cost.

    Only whole rows and blocks are left out, never half a table, a fence or an entity.
    """
    page = Page(limit)
    reports = shown.reports_of(verdict)
    findings = sorted(shown.findings_of(verdict), key=lambda finding: -finding.severity)
    page.block("the headline", heading(verdict))
    page.block("what it is about", about_line(verdict, shown, findings))
    page.rows(
        "What to do", "", [f"1. {for_markdown(v)}" for v in verdict.recommendations], share=0.2
    )
    page.rows("What was looked at", STEPS, reports, step_row, share=0.3)
    page.rows("What was not looked at", GAPS, gaps_of(verdict, reports), gap_row, share=0.3)
    page.rows("Dismissed", DISMISSED, verdict.dismissed, dismissed_row, share=0.3)
    page.block("the plan", plan_block(shown, reports))
    page.rows("Timeline", TIMELINE, timeline_rows(reports), share=0.3)
    sources = Sources(shown.text_of, verdict.seen)
    tops = [_top(finding, sources) for finding in findings[:TOP]]
    page.block("the top findings", "\n\n".join(["### Top findings", *tops] if tops else []))
    page.rows("Findings", FINDINGS, findings, finding_row)
    return page.text()


STEPS = "| | Step | It said | Took | |\n|---|---|---|---:|---|\n"
GAPS = "| Step | What | Why |\n|---|---|---|\n"
DISMISSED = "| | Place | Rule | By | Why |\n|---|---|---|---|---|\n"
TIMELINE = "| Step | From | | To |\n|---|---:|---|---:|\n"
FINDINGS = "| | Place | Rule | What |\n|---|---|---|---|\n"


def heading(verdict: Verdict) -> str:
    """Return the answer as a title."""
    answer, rest = headline(verdict)
    return f"## {ANSWER[verdict.answer]} {answer}: {for_markdown(rest)}"


def about_line(verdict: Verdict, shown: Shown, findings: Sequence[Finding]) -> str:
    """Return of which commits it is the verdict, and how much was found there."""
    span = " to ".join(code(commit[:12]) for commit in (verdict.base, verdict.head) if commit)
    found = by_severity(findings) or "no findings"
    everything = shown.all_lines or verdict.all_lines
    where = "in all lines" if everything else "on changed lines"
    parts = [code(verdict.name), span, f"{found} {where}"]
    if verdict.elsewhere and not everything:
        parts.append(f"{verdict.elsewhere:,} more elsewhere")
    return " · ".join(part for part in parts if part)


def step_row(report: Report) -> str:
    """Return what a step said, as a row of ``STEPS``."""
    # Each in its own cell: facts hold figures that a reader compares.
    facts = "; ".join(for_markdown(fact) for fact in report.facts)
    notes = "; ".join(part for part in (how(report), facts) if part)
    sign = STATUS[report.status]
    said = f"{sign} | {code(report.step)} | {outcome(report)}"
    return f"| {said} | {duration(report.seconds)} | {notes} |"


def gaps_of(verdict: Verdict, reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Return what was not looked at, as cells that name it, and why it was not."""
    gaps = [
        (f" {code(report.step)} | {code(gap.path or _who(gap, report))}", gap.why)
        for report in reports
        for gap in report.gaps
    ]
    gaps += [(f" | {code(file.path)}", file.why) for file in verdict.truncated]
    return gaps + [(f" {code(left.step)} | left out", left.why) for left in verdict.left_out_steps]


def _who(gap: Gap, report: Report) -> str:
    return "" if gap.who == report.step else gap.who


def gap_row(gap: tuple[str, str]) -> str:
    """Return what was not looked at, and why, as a row of ``GAPS``."""
    cells, why = gap
    return f"|{cells} | {for_markdown(why)} |"


def dismissed_row(said: Dismissed) -> str:
    """Return a finding that does not count, and whose word that is, as a row of ``DISMISSED``."""
    found, word = said.finding, said.dismissal
    sign = f"{SEVERITY[found.severity]} {found.severity.label}"
    what = f"{sign} | {code(found.place)} | {code(found.rule)}"
    return f"| {what} | {for_markdown(by_whom(word))} | {for_markdown(reason_of(word))} |"


def plan_block(shown: Shown, reports: Sequence[Report]) -> str:
    """Return the plan as a picture, where it is not too large for one."""
    steps = len(shown.plan.tasks)
    if steps > DRAWN:
        return f"### Plan\n\n{steps:,} steps, too many for a picture."
    if shown.as_image:
        return f"### Plan\n\n{image(shown.plan, reports)}"
    return f"### Plan\n\n```mermaid\n{mermaid(shown.plan, reports)}\n```"


def timeline_rows(reports: Sequence[Report]) -> list[str]:
    """Return when each step ran, as rows of ``TIMELINE``."""
    whole = max((report.started + report.seconds for report in reports), default=0.0)
    return [_bar(report, whole) for report in reports] if whole else []


def _bar(report: Report, whole: float) -> str:
    before = min(BAR - 1, int(BAR * report.started / whole))
    long = max(1, min(BAR - before, round(BAR * report.seconds / whole)))
    bar = f"{'·' * before}{'█' * long}{'·' * (BAR - before - long)}"
    end = duration(report.started + report.seconds)
    return f"| {code(report.step)} | {duration(report.started)} | `{bar}` | {end} |"


def finding_row(finding: Finding) -> str:
    """Return a finding as a row of ``FINDINGS``."""
    hint = " (has a suggestion)" if finding.suggestion is not None else ""
    what = f"{for_markdown(finding.message)}{hint}"
    sign = f"{SEVERITY[finding.severity]} {finding.severity.label}"
    return f"| {sign} | {code(finding.place)} | {code(finding.rule)} | {what} |"


def _top(finding: Finding, sources: Sources) -> str:
    sign = f"{SEVERITY[finding.severity]} **{finding.severity.label}**"
    what = f"{sign} {code(finding.place)} {code(finding.rule)}: {for_markdown(finding.message)}"
    source = [line.text for line in sources.excerpt(finding)]
    if finding.suggestion is not None and source:
        diff = [*(f"-{line}" for line in source), *(f"+{line}" for line in suggested(finding))]
        return f"{what}\n\n{_fenced('diff', diff)}"
    return f"{what}\n\n{_fenced('', source)}" if source else what


def _fenced(language: str, lines: Sequence[str]) -> str:
    """Return a code block whose fence is longer than anything in it that could end it."""
    fence = "`" * max(3, 1 + max(line.count("`") for line in lines))
    return "\n".join([f"{fence}{language}", *lines, fence])
