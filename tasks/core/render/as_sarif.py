"""A verdict as SARIF 2.1.0, for code scanning and editors.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What GitHub makes
of it: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from tasks.core.finding import Finding, Severity, worst
from tasks.core.render import About, Shown
from tasks.core.render.escape import encodable, one_line
from tasks.core.render.source import Sources
from tasks.core.render.words import by_whom, reason_of
from tasks.core.report import Status
from tasks.core.verdict import Answer, Verdict

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

RESULTS = 25_000
"""GitHub refuses a file with more results in a run, and shows the first 5,000 of them."""

LEVELS = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}

SECURITY = {
    Severity.INFO: "2.0",
    Severity.WARNING: "5.0",
    Severity.ERROR: "8.0",
    Severity.CRITICAL: "9.5",
}
"""What makes GitHub call a security alert low, medium, high and critical."""

NOTIFICATIONS = {
    "did-not-look": "A step, or a part of it, did not look.",
    "not-looked-at": "Nobody looked at a changed file.",
    "left-out": "A step is not in the plan of this review.",
    "too-many-results": "There are more findings than a SARIF run may hold.",
}

SEMANTIC = re.compile(r"\d+\.\d+\.\d+")
LINK = re.compile(r"\[[^\]]*\]\(")


def render(verdict: Verdict, shown: Shown) -> str:
    """Return the verdict as one run of one tool, the worst findings first.

    What was dismissed comes last, as suppressed. GitHub knows no suppressions and would open an
    alert for each: what is uploaded there is a verdict without them.
    """
    findings = sorted(shown.findings_of(verdict), key=lambda finding: -finding.severity)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(verdict, shown, findings)]}
    return json.dumps(log, indent=2) + "\n"


def _run(verdict: Verdict, shown: Shown, findings: Sequence[Finding]) -> dict[str, Any]:
    everything = [*findings, *(said.finding for said in verdict.dismissed)]
    listed = everything[:RESULTS]
    rules: dict[str, list[Finding]] = {}
    for finding in listed:
        rules.setdefault(finding.rule, []).append(finding)
    index = {rule: number for number, rule in enumerate(rules)}
    sources = Sources(shown.text_of, verdict.seen)
    return {
        "tool": {"driver": _driver(rules, shown)},
        "automationDetails": {"id": _id(verdict), "description": _text(verdict.summary)},
        "invocations": [_invocation(verdict, shown, len(everything) - len(listed))],
        "originalUriBaseIds": {"SRCROOT": {"description": _text("The root of the repository.")}},
        "columnKind": "unicodeCodePoints",
        "results": [
            {**_result(finding, index[finding.rule], sources), **suppressed}
            for finding, suppressed in zip(listed, _suppressions(verdict, findings), strict=False)
        ],
    }


def _id(verdict: Verdict) -> str:
    """Return the run's id: up to its last slash what GitHub keeps apart, then this one review."""
    span = f"{verdict.base[:40] or 'nothing'}..{verdict.head[:40] or 'working-tree'}"
    return f"prefect-review/{quote(encodable(span), safe='')}"


def _driver(rules: dict[str, list[Finding]], shown: Shown) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "prefect-review"}
    if shown.version:
        driver["version"] = encodable(shown.version)
    if SEMANTIC.fullmatch(shown.version):
        driver["semanticVersion"] = shown.version
    driver["rules"] = [_rule(rule, found, shown) for rule, found in rules.items()]
    driver["notifications"] = [
        {"id": name, **dict.fromkeys(("shortDescription", "fullDescription", "help"), _text(what))}
        for name, what in NOTIFICATIONS.items()
    ]
    return driver


def _rule(rule: str, found: Sequence[Finding], shown: Shown) -> dict[str, Any]:
    tool, _, name = rule.partition("/")
    about = shown.tools.get(tool, About())
    severity = worst(found) or Severity.INFO
    what = about.title or "a finding of this tool"
    security = any(finding.step == "security_scan" for finding in found)
    help_text = f"{rule} is a rule of {tool}: {what}." + (f" See {about.url}" if about.url else "")
    described: dict[str, Any] = {
        "id": encodable(rule),
        "name": encodable(name or tool),
        "shortDescription": _text(rule),
        "fullDescription": _text(f"{tool}: {what}."),
        "help": _text(help_text),
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["security"] if security else ["maintainability"]},
    }
    if about.url:
        described["helpUri"] = about.url
    if security:
        described["properties"]["security-severity"] = SECURITY[severity]
    return described


def _result(finding: Finding, index: int, sources: Sources) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _file(finding.path)}
    if finding.line:
        place["region"] = _region(finding)
    result: dict[str, Any] = {
        "ruleId": encodable(finding.rule),
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": _text(finding.message or finding.rule),
        "locations": [{"physicalLocation": place}],
        "properties": {
            "severity": finding.severity.label,
            "step": encodable(finding.step),
            "onChangedLine": finding.on_changed_line,
        },
    }
    if finding.fingerprint:
        result["partialFingerprints"] = _prints(finding)
    if finding.suggestion is not None and finding.line:
        result["fixes"] = [_fix(finding, finding.suggestion, sources)]
    return result


def _prints(finding: Finding) -> dict[str, str]:
    prints = {"prefectReview/v1": finding.fingerprint}
    if finding.line_fingerprint:
        prints["prefectReviewLine/v1"] = finding.line_fingerprint
    return {name: encodable(value) for name, value in prints.items()}


def _suppressions(verdict: Verdict, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what each result says of its suppression: all of them something, or none (3.27.23)."""
    said = [
        one_line(encodable(f"{by_whom(d.dismissal)}: {reason_of(d.dismissal)}"), limit=1000)
        for d in verdict.dismissed
    ]
    return [{"suppressions": []} if said else {}] * len(findings) + [
        {"suppressions": [{"kind": "external", "status": "accepted", "justification": words}]}
        for words in said
    ]


def _region(finding: Finding) -> dict[str, int]:
    region = {"startLine": finding.line, "endLine": finding.lines.stop - 1}
    if finding.column:
        region["startColumn"] = finding.column
    return region


def _fix(finding: Finding, suggestion: str, sources: Sources) -> dict[str, Any]:
    # Without columns a region ends before its last line break, so an empty line would stay.
    region = {"startLine": finding.line, "endLine": finding.lines.stop - 1}
    if not suggestion and region["endLine"] < len(sources.lines(finding.path)):
        region = {"startLine": finding.line, "startColumn": 1, "endLine": finding.lines.stop}
        region["endColumn"] = 1
    replacement = {"deletedRegion": region, "insertedContent": {"text": encodable(suggestion)}}
    change = {"artifactLocation": _file(finding.path), "replacements": [replacement]}
    what = "Replace the lines." if suggestion else "Delete the lines."
    return {"description": _text(what), "artifactChanges": [change]}


def _invocation(verdict: Verdict, shown: Shown, too_many: int) -> dict[str, Any]:
    return {
        "executionSuccessful": not _silent(verdict, shown),
        "exitCode": verdict.exit_code,
        "toolExecutionNotifications": list(_notifications(verdict, shown, too_many)),
    }


def _silent(verdict: Verdict, shown: Shown) -> bool:
    """Return whether a required step did not look, also where a finding already failed it."""
    looked = {report.step for report in verdict.reports if report.status is not Status.DID_NOT_LOOK}
    chosen = {left.step for left in verdict.left_out_steps if left.by_choice}
    return verdict.answer is Answer.DID_NOT_LOOK or not looked | chosen >= set(shown.required)


def _notifications(verdict: Verdict, shown: Shown, too_many: int) -> Iterable[dict[str, Any]]:
    for report in shown.reports_of(verdict):
        for gap in report.gaps:
            who = "" if gap.who == report.step else f"{report.step}: "
            yield _notification("did-not-look", "error", f"{who}{gap}", gap.path)
    for file in verdict.truncated:
        yield _notification("not-looked-at", "warning", f"{file.path}: {file.why}", file.path)
    for left in verdict.left_out_steps:
        yield _notification("left-out", "note", f"{left.step} is left out: {left.why}", "")
    if too_many:
        text = f"{too_many:,} findings are left out: a run holds {RESULTS:,}."
        yield _notification("too-many-results", "warning", text, "")


def _notification(name: str, level: str, text: str, path: str) -> dict[str, Any]:
    descriptor = {"id": name, "index": list(NOTIFICATIONS).index(name)}
    said: dict[str, Any] = {"descriptor": descriptor, "level": level, "message": _text(text)}
    if path:
        said["locations"] = [{"physicalLocation": {"artifactLocation": _file(path)}}]
    return said


def _file(path: str) -> dict[str, str]:
    return {"uri": quote(encodable(path), safe="/"), "uriBaseId": "SRCROOT"}


def _text(text: str) -> dict[str, str]:
    """Return a message in which nothing is a placeholder or a link (3.11.5, 3.11.6)."""
    plain = one_line(text, limit=1000).replace("{", "{{").replace("}", "}}")
    if LINK.search(plain):
        plain = plain.replace("[", "\\[").replace("]", "\\]")
    return {"text": plain}
