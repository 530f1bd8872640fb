"""A verdict on a terminal: findings by file, steps, what was not looked at, one last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tasks.core.finding import Finding, Severity
from tasks.core.render import Shown
from tasks.core.render.escape import for_terminal, name
from tasks.core.render.source import Sources, suggested
from tasks.core.render.words import by_whom, duration, headline, how, outcome, reason_of
from tasks.core.report import Report, Status
from tasks.core.verdict import Answer, Verdict

BOLD, DIM, RED, GREEN, YELLOW, BLUE = "1", "2", "31", "32", "33", "34"

SEVERITIES = {
    Severity.CRITICAL: f"{BOLD};{RED}",
    Severity.ERROR: RED,
    Severity.WARNING: YELLOW,
    Severity.INFO: BLUE,
}

STATUSES = {Status.CLEAN: GREEN, Status.FINDINGS: YELLOW, Status.DID_NOT_LOOK: RED}

ANSWER = {
    Answer.PASSED: f"{BOLD};{GREEN}",
    Answer.FAILED: f"{BOLD};{RED}",
    Answer.DID_NOT_LOOK: f"{BOLD};{YELLOW}",
}


def render(verdict: Verdict, shown: Shown) -> str:
    """Return the text, in colour only where that is asked for."""
    paint = _coloured if shown.colour else _plain
    reports = shown.reports_of(verdict)
    parts = (
        _findings(verdict, shown, paint),
        _steps(reports, paint),
        _gaps(verdict, reports, paint),
        _list("Dismissed", _dismissed(verdict), paint),
        _list("Left out", ((left.step, left.why) for left in verdict.left_out_steps), paint),
        _recommendations(verdict, paint),
        _last(verdict, shown, paint),
    )
    blocks = ("\n".join(part) for part in parts)
    return "\n\n".join(block for block in blocks if block) + "\n"


class _Paint:
    """How a piece of text is coloured: the codes of SGR, or none."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text else text


_plain, _coloured = _Paint(colour=False), _Paint(colour=True)


def _findings(verdict: Verdict, shown: Shown, paint: _Paint) -> Iterator[str]:
    sources = Sources(shown.text_of, verdict.seen)
    found = groupby(shown.findings_of(verdict), key=lambda finding: finding.path)
    for number, (path, group) in enumerate(found):
        if number:
            yield ""
        yield paint(BOLD, name(path))
        for finding in group:
            yield from _finding(finding, sources, paint)


def _finding(finding: Finding, sources: Sources, paint: _Paint) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}" if finding.column else f"{finding.line or '-'}"
    severity = paint(SEVERITIES[finding.severity], f"{finding.severity.label:8}")
    rule = paint(DIM, name(finding.rule))
    yield f"  {place:>7}  {severity}  {for_terminal(finding.message)}  {rule}"
    bar = paint(DIM, "|")
    for number, line in enumerate(sources.excerpt(finding)):
        yield f"  {paint(DIM, f'{line.number:>7}')} {bar} {line.text}"
        if not number and (pointer := sources.pointer(finding)):
            yield f"  {'':7} {bar} {paint(SEVERITIES[finding.severity], pointer)}"
    if finding.suggestion == "":
        yield f"  {'':7} {bar} {paint(GREEN, 'suggestion: delete ' + _lines(finding))}"
    for number, text in enumerate(suggested(finding)):
        hint = "suggestion: " if not number else " " * len("suggestion: ")
        yield f"  {'':7} {bar} {paint(GREEN, hint + text)}"


def _lines(finding: Finding) -> str:
    return "this line" if len(finding.lines) == 1 else f"these {len(finding.lines)} lines"


def _steps(reports: Sequence[Report], paint: _Paint) -> Iterator[str]:
    if not reports:
        return
    yield paint(BOLD, "Steps")
    names = [name(report.step) for report in reports]
    width = max(map(len, names))
    says = max(len(outcome(report)) for report in reports)
    for shown_name, report in zip(names, reports, strict=True):
        answer = paint(STATUSES[report.status], f"{outcome(report):{says}}")
        row = f"  {shown_name:{width}}  {answer}  {duration(report.seconds):>11}  {how(report)}"
        yield row.rstrip()
        for fact in report.facts:
            yield f"  {'':{width}}  {paint(DIM, for_terminal(fact))}"


def _gaps(verdict: Verdict, reports: Sequence[Report], paint: _Paint) -> Iterator[str]:
    gaps = [
        (report.step if gap.who == report.step else f"{report.step}, {gap.who}", gap)
        for report in reports
        for gap in report.gaps
    ]
    rows = [(who + (f", {gap.path}" if gap.path else ""), gap.why) for who, gap in gaps]
    rows += [(file.path, file.why) for file in verdict.truncated]
    return _list("Not looked at", iter(rows), paint)


def _dismissed(verdict: Verdict) -> Iterator[tuple[str, str]]:
    for said in verdict.dismissed:
        what = f"{said.finding.place} {said.finding.rule}"
        yield what, f"by {by_whom(said.dismissal)}: {reason_of(said.dismissal)}"


def _list(title: str, rows: Iterator[tuple[str, str]], paint: _Paint) -> Iterator[str]:
    for number, (what, why) in enumerate(rows):
        if not number:
            yield paint(BOLD, title)
        yield f"  {name(what)}: {for_terminal(why)}"


def _recommendations(verdict: Verdict, paint: _Paint) -> Iterator[str]:
    for number, advice in enumerate(verdict.recommendations, 1):
        if number == 1:
            yield paint(BOLD, "What to do")
        yield f"  {number}. {for_terminal(advice)}"


def _last(verdict: Verdict, shown: Shown, paint: _Paint) -> Iterator[str]:
    if verdict.elsewhere and not shown.all_lines:
        yield paint(DIM, "--all-lines shows what is on lines that the change does not touch.")
    answer, rest = headline(verdict)
    yield f"{paint(ANSWER[verdict.answer], answer)}: {for_terminal(rest)}"
