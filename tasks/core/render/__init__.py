"""How a verdict is shown: for a person, for a program, and for a place that takes SARIF.

Each format is a pure function of a verdict and of what it is shown with. The modules are
imported when they are asked for: a terminal needs no template engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tasks.core.finding import Finding, in_order
from tasks.core.plan import WorkflowConfig
from tasks.core.report import Report, did_not_look
from tasks.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a tool, the first half of a rule: ``ruff`` of ``ruff/F401``."""

    title: str = ""
    url: str = ""


def nothing_of(path: str) -> str:
    """Return no source: for a verdict that is shown without its files."""
    del path
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a verdict is shown with.

    ``text_of`` returns the source of a path at the head, and an empty string where it
    is not known. ``tools`` describes tools by name. ``required`` names the steps without
    which nothing passes. ``as_image`` asks Markdown for the plan as an image, for the Prefect
    UI: it shows no mermaid.
    """

    plan: WorkflowConfig
    text_of: Callable[[str], str] = nothing_of
    version: str = ""
    all_lines: bool = False
    colour: bool = False
    tools: Mapping[str, About] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    as_image: bool = False

    def findings_of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Return the findings to show, in a reader's order: on changed lines, unless all are."""
        said = (self.of(report, everywhere=verdict.all_lines) for report in verdict.reports)
        return in_order(finding for report in said for finding in report.findings)

    def of(self, report: Report, *, everywhere: bool = False) -> Report:
        """Return what a step said of the lines to show; the rest is only counted."""
        if self.all_lines or everywhere:
            return report
        return report.but(findings=tuple(f for f in report.findings if f.on_changed_line))

    def reports_of(self, verdict: Verdict) -> tuple[Report, ...]:
        """Return what every step of the plan said; one without a word did not look."""
        known = {report.step for report in verdict.reports}
        known |= {left.step for left in verdict.left_out_steps}
        # The step that runs always is the one that decides: the verdict is its answer.
        silent = [t.name for t in self.plan.tasks if t.name not in known and not t.always]
        said = (self.of(report, everywhere=verdict.all_lines) for report in verdict.reports)
        return (*said, *(did_not_look(name, "it gave no answer") for name in silent))


def text(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as a terminal shows it."""
    from tasks.core.render import as_text

    return as_text.render(verdict, shown)


def json(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as a program reads it: ``docs/verdict.schema.json``."""
    from tasks.core.render import as_json

    return as_json.render(verdict, shown)


def markdown(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as GitHub's Markdown."""
    from tasks.core.render import as_markdown

    return as_markdown.render(verdict, shown)


def sarif(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as SARIF 2.1.0, for code scanning and editors."""
    from tasks.core.render import as_sarif

    return as_sarif.render(verdict, shown)


def html(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as one self-contained page."""
    from tasks.core.render import as_html

    return as_html.render(verdict, shown)


FORMATS: Mapping[str, Callable[[Verdict, Shown], str]] = {
    "text": text,
    "json": json,
    "markdown": markdown,
    "sarif": sarif,
    "html": html,
}
"""Every format by the name the command knows it by."""
