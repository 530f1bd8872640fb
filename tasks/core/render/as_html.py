"""A verdict as one page that needs nothing else: no network, no font, and to read it no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from tasks.core.finding import Finding, worst
from tasks.core.render import Shown
from tasks.core.render.escape import name, quoted_html
from tasks.core.render.graph import svg
from tasks.core.render.source import Line, Sources, suggested
from tasks.core.render.words import (
    STATUSES,
    by_severity,
    by_whom,
    count,
    duration,
    headline,
    how,
    outcome,
    reason_of,
    tally,
)
from tasks.core.report import Report
from tasks.core.verdict import Verdict

HERE = Path(__file__).parent

OPEN = 40
"""Findings; the files behind them are folded, so that a page of thousands opens at once."""

CONTEXT = 2
"""Lines around a finding, while there are few enough findings for it."""

MANY = 1000
"""Findings from which on only the lines they are about are shown."""

DRAWN = 200
"""Steps; what has more is no picture any more."""

SPAN = 1000
"""Units of the timeline's width."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A step on the timeline."""

    report: Report
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding with the source it is shown with."""

    finding: Finding
    source: tuple[Line, ...]
    pointer: str
    suggestion: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file's findings; ``open`` where they are few enough to be read at once."""

    path: str
    remarks: tuple[Remark, ...]
    open: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return its findings."""
        return tuple(remark.finding for remark in self.remarks)


def render(verdict: Verdict, shown: Shown) -> str:
    """Return the page."""
    findings = shown.findings_of(verdict)
    reports = shown.reports_of(verdict)
    answer, rest = headline(verdict)
    css, script = _text("report.css"), _text("report.js")
    drawn = len(shown.plan.tasks) <= DRAWN
    return _template().render(
        verdict=verdict,
        reports=reports,
        answer=answer,
        rest=rest.split("; "),
        everything=shown.all_lines or verdict.all_lines,
        findings=findings,
        tally=tally(findings),
        files=list(_files(findings, Sources(shown.text_of, verdict.seen))),
        bars=_bars(reports),
        whole=_whole(reports),
        gaps=[(report.step, gap) for report in reports for gap in report.gaps],
        plan=Markup(svg(shown.plan, reports)) if drawn else "",  # noqa: S704 - escaped by svg
        steps=len(shown.plan.tasks),
        version=shown.version,
        # Ours, without anything of a verdict in them: shown as they are, and hashed for the policy.
        css=Markup(css),  # noqa: S704
        script=Markup(script),  # noqa: S704
        css_hash=_digest(css),
        script_hash=_digest(script),
    )


@cache
def _text(file: str) -> str:
    return (HERE / file).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    """Return the template: everything it shows is escaped, nothing it names may be missing."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "prose": lambda text: Markup(quoted_html(text)),  # noqa: S704 - escaped there
        "name": name,
        "duration": duration,
        "outcome": outcome,
        "how": how,
        "by_whom": by_whom,
        "reason": reason_of,
        "count": count,
        "by_severity": by_severity,
        "status": STATUSES.__getitem__,
    }
    environment.filters.update(filters)
    return environment.get_template("report.html.j2")


def _files(findings: Sequence[Finding], sources: Sources) -> Iterator[File]:
    """Yield the files, those with the worst findings first."""
    context = CONTEXT if len(findings) < MANY else 0
    groups = [tuple(group) for _, group in groupby(findings, key=lambda finding: finding.path)]
    groups.sort(key=lambda group: (-(worst(group) or 0), -len(group), group[0].path))
    before = 0
    for group in groups:
        before += len(group)
        remarks = tuple(_remark(finding, sources, context) for finding in group)
        yield File(group[0].path, remarks, before <= OPEN)


def _remark(finding: Finding, sources: Sources, context: int) -> Remark:
    return Remark(
        finding,
        sources.excerpt(finding, context),
        sources.pointer(finding),
        suggested(finding),
    )


def _whole(reports: Sequence[Report]) -> float:
    return max((report.started + report.seconds for report in reports), default=0.0)


def _bars(reports: Sequence[Report]) -> list[Bar]:
    whole = _whole(reports) or 1.0
    return [
        Bar(
            report,
            round(SPAN * report.started / whole, 1),
            # A step of no time is seen, too, and inside the picture.
            max(4.0, round(SPAN * report.seconds / whole, 1)),
        )
        for report in reports
    ]
