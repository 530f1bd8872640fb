"""A verdict for programs: the shape of ``docs/verdict.schema.json``, kept stable."""

from __future__ import annotations

import json

from tasks.core.dismissal import Dismissed
from tasks.core.finding import Finding
from tasks.core.render import Shown
from tasks.core.render.escape import encodable
from tasks.core.report import Report
from tasks.core.verdict import Verdict

SCHEMA = 1
"""Raised when a reader of the old shape would break; new fields alone do not."""


def render(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as JSON in plain ASCII, so that no terminal or encoding changes it."""
    document = {
        "schema": SCHEMA,
        "verdict": verdict.answer.value,
        "summary": encodable(verdict.summary),
        "name": encodable(verdict.name),
        "base": encodable(verdict.base),
        "head": encodable(verdict.head),
        "steps": [_step(report) for report in shown.reports_of(verdict)],
        "left_out": [
            {"name": encodable(left.step), "reason": encodable(left.why)}
            for left in verdict.left_out_steps
        ],
        "findings": [_finding(finding) for finding in shown.findings_of(verdict)],
        "elsewhere": verdict.elsewhere,
        "dismissed": [_dismissed(said) for said in verdict.dismissed],
        "baselined": verdict.baselined,
        "truncated": [
            {"path": encodable(file.path), "reason": encodable(file.why)}
            for file in verdict.truncated
        ],
        "recommendations": [encodable(text) for text in verdict.recommendations],
    }
    return json.dumps(document, indent=2) + "\n"


def _step(report: Report) -> dict[str, object]:
    return {
        "name": encodable(report.step),
        "status": report.status.value,
        "reason": encodable(report.reason),
        "seconds": round(report.seconds, 3),
        "cached": report.cached,
        "attempts": report.attempts,
    }


def _dismissed(said: Dismissed) -> dict[str, object]:
    word = said.dismissal
    return {
        "finding": _finding(said.finding),
        "by": encodable(word.by),
        "why": encodable(word.why),
        "at": encodable(word.at),
        "scope": word.scope.value,
    }


def _finding(finding: Finding) -> dict[str, object]:
    suggestion = finding.suggestion
    return {
        "path": encodable(finding.path),
        "line": finding.line,
        "end_line": max(finding.line, finding.end_line),
        "rule": encodable(finding.rule),
        "severity": finding.severity.label,
        "message": encodable(finding.message),
        "suggestion": None if suggestion is None else encodable(suggestion),
        "fingerprint": encodable(finding.fingerprint),
        "line_fingerprint": encodable(finding.line_fingerprint),
        "step": encodable(finding.step),
        "on_changed_line": finding.on_changed_line,
    }
