"""A verdict as GitHub's Markdown: for a check run, an artifact, a comment, a summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.core.finding import Finding, Severity
from tasks.core.render import Shown
from tasks.core.render.escape import code, for_markdown
from tasks.core.render.graph import image, mermaid
from tasks.core.render.source import Sources, suggested
from tasks.core.render.words import by_severity, duration, headline, how, outcome
from tasks.core.report import Report, Status
from tasks.core.verdict import Answer, Verdict

LIMIT = 65_000
"""Characters. GitHub refuses more than 65,535 in a comment, a review or a check run's text:
https://docs.github.com/en/rest/checks/runs"""

SPARE = 400
"""Characters kept back for saying what was left out."""

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
    page = _Page(limit)
    reports = shown.reports_of(verdict)
    findings = sorted(shown.findings_of(verdict), key=lambda finding: -finding.severity)
    page.block("the headline", _headline(verdict))
    page.block("what it is about", _about(verdict, shown, findings))
    page.rows(
        "What to do", "", [f"1. {for_markdown(v)}" for v in verdict.recommendations], share=0.2
    )
    page.rows("What was looked at", STEPS, [_step(report) for report in reports], share=0.3)
    page.rows("What was not looked at", GAPS, list(_gaps(verdict, reports)), share=0.3)
    page.block("the plan", _plan(shown, reports))
    page.rows("Timeline", TIMELINE, _timeline(reports), share=0.3)
    sources = Sources(shown.text_of, verdict.findings)
    tops = [_top(finding, sources) for finding in findings[:TOP]]
    page.block("the top findings", "\n\n".join(["### Top findings", *tops] if tops else []))
    page.rows("Findings", FINDINGS, [_finding(finding) for finding in findings])
    return page.text()


STEPS = "| | Step | It said | Took | |\n|---|---|---|---:|---|\n"
GAPS = "| Step | What | Why |\n|---|---|---|\n"
TIMELINE = "| Step | From | | To |\n|---|---:|---|---:|\n"
FINDINGS = "| | Place | Rule | What |\n|---|---|---|---|\n"


class _Page:
    """Blocks of lines up to a number of characters; what does not fit is counted."""

    def __init__(self, limit: int) -> None:
        self.room = max(0, limit - SPARE)
        self.blocks: list[str] = []
        self.missing: list[str] = []

    def block(self, what: str, text: str) -> None:
        """Add this text whole, or not at all."""
        if text and len(text) + 2 <= self.room:
            self._add(text)
        elif text:
            self.missing.append(what)

    def rows(self, title: str, head: str, rows: Sequence[str], *, share: float = 1.0) -> None:
        """Add a title, a table's head and as many of its rows as this share of the room takes."""
        if not rows:
            return
        start = f"### {title}\n\n{head}"
        left = int(self.room * share) - len(start) - 2
        fitting: list[str] = []
        for row in rows:
            left -= len(row) + 1
            if left < 0:  # a shorter row behind it must not jump the queue
                break
            fitting.append(row)
        if fitting:
            self._add(start + "\n".join(fitting))
        if len(fitting) < len(rows):
            gone = len(rows) - len(fitting)
            self.missing.append(f"{gone:,} of {len(rows):,} rows of “{title}”")

    def _add(self, text: str) -> None:
        self.blocks.append(text)
        self.room -= len(text) + 2

    def text(self) -> str:
        """Return the page, and at its end what there was no room for."""
        notice = [f"_Left out for want of room: {'; '.join(self.missing)}._"]
        return "\n\n".join([*self.blocks, *(notice if self.missing else [])]) + "\n"


def _headline(verdict: Verdict) -> str:
    answer, rest = headline(verdict)
    return f"## {ANSWER[verdict.answer]} {answer}: {for_markdown(rest)}"


def _about(verdict: Verdict, shown: Shown, findings: Sequence[Finding]) -> str:
    span = " to ".join(code(commit[:12]) for commit in (verdict.base, verdict.head) if commit)
    found = by_severity(findings) or "no findings"
    everything = shown.all_lines or verdict.all_lines
    where = "in all lines" if everything else "on changed lines"
    parts = [code(verdict.name), span, f"{found} {where}"]
    if verdict.elsewhere and not everything:
        parts.append(f"{verdict.elsewhere:,} more elsewhere")
    return " · ".join(part for part in parts if part)


def _step(report: Report) -> str:
    # Each in its own cell: facts hold figures that a reader compares.
    facts = "; ".join(for_markdown(fact) for fact in report.facts)
    notes = "; ".join(part for part in (how(report), facts) if part)
    sign = STATUS[report.status]
    said = f"{sign} | {code(report.step)} | {outcome(report)}"
    return f"| {said} | {duration(report.seconds)} | {notes} |"


def _gaps(verdict: Verdict, reports: Sequence[Report]) -> Iterable[str]:
    for report in reports:
        for gap in report.gaps:
            what = gap.path or ("" if gap.who == report.step else gap.who)
            yield f"| {code(report.step)} | {code(what)} | {for_markdown(gap.why)} |"
    for file in verdict.truncated:
        yield f"| | {code(file.path)} | {for_markdown(file.why)} |"
    for left in verdict.left_out_steps:
        yield f"| {code(left.step)} | left out | {for_markdown(left.why)} |"


def _plan(shown: Shown, reports: Sequence[Report]) -> str:
    steps = len(shown.plan.tasks)
    if steps > DRAWN:
        return f"### Plan\n\n{steps:,} steps, too many for a picture."
    if shown.as_image:
        return f"### Plan\n\n{image(shown.plan, reports)}"
    return f"### Plan\n\n```mermaid\n{mermaid(shown.plan, reports)}\n```"


def _timeline(reports: Sequence[Report]) -> list[str]:
    whole = max((report.started + report.seconds for report in reports), default=0.0)
    return [_bar(report, whole) for report in reports] if whole else []


def _bar(report: Report, whole: float) -> str:
    before = min(BAR - 1, int(BAR * report.started / whole))
    long = max(1, min(BAR - before, round(BAR * report.seconds / whole)))
    bar = f"{'·' * before}{'█' * long}{'·' * (BAR - before - long)}"
    end = duration(report.started + report.seconds)
    return f"| {code(report.step)} | {duration(report.started)} | `{bar}` | {end} |"


def _finding(finding: Finding) -> str:
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
