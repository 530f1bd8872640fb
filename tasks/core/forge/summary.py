"""The one comment that says everything about the newest head, edited in place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.core.context import SHORT as COMMIT
from tasks.core.dismissal import SHORT
from tasks.core.finding import Finding
from tasks.core.forge.about import About, Trouble
from tasks.core.forge.dismissals import Refusal
from tasks.core.forge.markers import summary_mark, unix
from tasks.core.forge.writes import COMMENT_LIMIT
from tasks.core.render import Shown
from tasks.core.render.as_markdown import (
    DISMISSED,
    FINDINGS,
    GAPS,
    STEPS,
    TIMELINE,
    about_line,
    dismissed_row,
    finding_row,
    gap_row,
    gaps_of,
    heading,
    plan_block,
    step_row,
    timeline_rows,
)
from tasks.core.render.escape import code, for_markdown
from tasks.core.render.page import Page
from tasks.core.render.words import duration
from tasks.core.report import Report
from tasks.core.verdict import Verdict

APART = "| | Place | Rule | What | Why not there | ID |\n|---|---|---|---|---|---|\n"
HOW_TO_DISMISS = "To dismiss one, comment `/review dismiss ID` and why.\n\n"
REFUSED = "| Who | Said | Why it does not count |\n|---|---|---|\n"

URL = re.compile(r"https?://[^\s()<>\[\]`|\\\"]+")
DIGEST = re.compile(r"\n\n<!-- content: ([0-9a-f]{64}) -->\n\n")
"""Stands behind the mark, at this place only, and tells whether there is anything new."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the findings: which are said on their lines, which not, and why."""

    on_lines: tuple[Finding, ...] = ()
    apart: tuple[tuple[Finding, str], ...] = ()
    refusals: tuple[Refusal, ...] = ()


def summary(verdict: Verdict, about: About, told: Told, trouble: Trouble) -> str:
    """Return the summary comment, under GitHub's limit whatever there is to say."""
    whole = _page(verdict, about, told, trouble)
    # A second run of the same head takes other seconds and has another page: that is no news.
    plain = _page(_timeless(verdict), replace(about, run_url="", seconds=0), told, trouble)
    return _signed(plain, whole)


def failed(why: str, head: str, run_url: str = "") -> str:
    """Return the summary comment of a review that could not be made."""
    page = Page(COMMENT_LIMIT - len(_signed("", "")))
    page.block("the headline", f"## ⚠️ The review of `{head[:COMMIT]}` could not be made")
    page.block("why", for_markdown(why))
    page.block("the rest", "What was said before is in the edits of this comment.")
    plain = page.text()
    page.block("the run", _run(run_url))
    return _signed(plain, page.text())


def digest(body: str) -> str:
    """Return by what the content of a summary of ours is known, or nothing."""
    body = unix(body)
    found = DIGEST.match(body, body.find("\n\n"))
    return found[1] if found else ""


def same(one: str, other: str) -> bool:
    """Return whether two summaries say the same, if not in the same time."""
    return digest(one) == digest(other) != ""


def _signed(plain: str, whole: str) -> str:
    known = hashlib.sha256(plain.encode("utf-8", "backslashreplace")).hexdigest()
    return f"{summary_mark()}\n\n<!-- content: {known} -->\n\n{whole}"


def _page(verdict: Verdict, of: About, told: Told, trouble: Trouble) -> str:
    page = Page(COMMENT_LIMIT - len(_signed("", "")))
    shown = replace(of.shown, as_image=False)
    reports = shown.reports_of(verdict)
    findings = shown.findings_of(verdict)
    took = f"took {duration(of.seconds)}" if of.seconds else ""
    page.block("the headline", heading(verdict))
    parts = (about_line(verdict, shown, findings), took, _run(of.run_url))
    page.block("what it is about", " · ".join(part for part in parts if part))
    page.rows("What could not be said", "", trouble.failed, _bullet, share=0.1)
    page.rows("What to do", "", verdict.recommendations, _step, share=0.1)
    page.rows("What was looked at", STEPS, reports, step_row, share=0.2)
    page.rows("What was not looked at", GAPS, gaps_of(verdict, reports), gap_row, share=0.2)
    on_lines = sorted(told.on_lines, key=lambda finding: -finding.severity)
    page.rows("Said on their lines", FINDINGS, on_lines, finding_row, share=0.4)
    apart = sorted(told.apart, key=lambda pair: -pair[0].severity)
    page.rows("Said only here", HOW_TO_DISMISS + APART, apart, _apart, share=0.5)
    page.rows("Dismissed", DISMISSED, verdict.dismissed, dismissed_row, share=0.3)
    page.rows("Not dismissed", REFUSED, told.refusals, _refused, share=0.2)
    page.block("the plan", _folded("The plan, and how long each step took", shown, reports))
    return page.text()


def _folded(title: str, shown: Shown, reports: Sequence[Report]) -> str:
    """Return the plan as a graph and in time, for who opens it."""
    rows = "\n".join(timeline_rows(reports))
    inner = "\n\n".join([plan_block(shown, reports), *([f"{TIMELINE}{rows}"] if rows else [])])
    return f"<details><summary>{title}</summary>\n\n{inner}\n\n</details>"


def _timeless(verdict: Verdict) -> Verdict:
    """Return the verdict without what no two runs have in common."""
    still = {"started": 0.0, "seconds": 0.0, "cached": False, "attempts": 1, "facts": ()}
    return verdict.model_copy(update={"reports": tuple(r.but(**still) for r in verdict.reports)})


def _run(url: str) -> str:
    return f"[the run]({url})" if URL.fullmatch(url) else ""


def _bullet(text: str) -> str:
    return f"- {for_markdown(text)}"


def _step(text: str) -> str:
    return f"1. {for_markdown(text)}"


def _apart(said: tuple[Finding, str]) -> str:
    finding, why = said
    return f"{finding_row(finding)} {for_markdown(why)} | {code(finding.fingerprint[:SHORT])} |"


def _refused(refusal: Refusal) -> str:
    who, said, why = (for_markdown(t) for t in (refusal.by, refusal.body, refusal.why))
    return f"| {who} | {said} | {why} |"
