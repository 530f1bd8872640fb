"""Findings that a person has dismissed, or that a repository had before: they do not count."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from tasks.core.finding import Finding
from tasks.core.fingerprint import DIGITS
from tasks.core.report import Report, findings_of

SHORT = 8
"""So many digits of a fingerprint are enough to name a finding of one review."""


class Scope(enum.StrEnum):
    """Where a dismissal holds."""

    PULL_REQUEST = "pull_request"
    REPOSITORY = "repository"
    BASELINE = "baseline"


class Dismissal(BaseModel):
    """Somebody's word that a finding need not be mended.

    ``fingerprint`` knows the finding by its line and the lines beside it, ``line_fingerprint``
    by its line alone. ``by`` is a login, ``at`` ISO 8601 where it is known. Who wrote a
    fingerprint by hand may have written its first digits only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str
    line_fingerprint: str = ""
    rule: str = ""
    path: str = ""
    by: str = ""
    why: str = ""
    at: str = ""
    scope: Scope = Scope.PULL_REQUEST


class Dismissed(BaseModel):
    """A finding that does not count, and whose word that is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    finding: Finding
    dismissal: Dismissal


def matching(
    findings: Sequence[Finding], dismissals: Iterable[Dismissal]
) -> tuple[Dismissal | None, ...]:
    """Return, for each finding in turn, the dismissal that is about it, or None.

    A fingerprint knows its finding for sure. A dismissal whose finding is not there under its
    fingerprint is about one that says the same of the same line, whatever stands beside it now:
    so it survives an edit next door, and never takes in a copy while the original is there.
    The first digits of a fingerprint are about the one finding they fit; where they fit
    several, about none. A person's word goes before the baseline's.
    """
    words = sorted(dismissals, key=lambda said: list(Scope).index(said.scope))
    if not words:
        return (None,) * len(findings)
    there = {finding.fingerprint for finding in findings if finding.fingerprint}
    exact = _exact(words, there)
    near = {
        (said.rule, said.path, said.line_fingerprint): said
        for said in reversed(words)  # so that of several the first stays
        if said.line_fingerprint and said.fingerprint not in there
    }
    return tuple(
        exact[finding.fingerprint]
        if finding.fingerprint in exact
        else near.pop((finding.rule, finding.path, finding.line_fingerprint), None)
        for finding in findings
    )


def _exact(words: Iterable[Dismissal], there: Collection[str]) -> dict[str, Dismissal]:
    """Return, by the fingerprints that there are, whose word is about them."""
    exact: dict[str, Dismissal] = {}
    for said in words:
        short = said.fingerprint.lower()
        meant = [short] if short in there else []
        if SHORT <= len(short) < DIGITS:  # a few, and written by hand
            meant = [full for full in there if full.startswith(short)]
        if len(meant) == 1:
            exact.setdefault(meant[0], said)
    return exact


def completed(said: Dismissal, finding: Finding) -> Dismissal:
    """Return the dismissal with all that is known of its finding, to know it again by."""
    shortened = finding.fingerprint.startswith(said.fingerprint.lower())
    return said.model_copy(
        update={
            "fingerprint": finding.fingerprint if shortened else said.fingerprint,
            "line_fingerprint": said.line_fingerprint or finding.line_fingerprint,
            "rule": said.rule or finding.rule,
            "path": said.path or finding.path,
        }
    )


def learned(dismissals: Iterable[Dismissal], findings: Sequence[Finding]) -> tuple[Dismissal, ...]:
    """Return the dismissals that are about one of these findings, to be kept for other reviews."""
    words = zip(findings, matching(findings, dismissals), strict=True)
    return tuple(completed(said, finding) for finding, said in words if said)


def set_aside(
    reports: Sequence[Report], dismissals: Sequence[Dismissal], *, all_lines: bool
) -> tuple[tuple[Report, ...], tuple[Dismissed, ...]]:
    """Return the reports without the findings that were dismissed, and these.

    What is on lines that the change does not touch stays: it does not count in any case.
    """
    words = iter(matching(findings_of(reports), dismissals))
    aside: list[Dismissed] = []
    left: list[Report] = []
    for report in reports:
        kept: list[Finding] = []
        for finding, said in zip(report.findings, words, strict=False):
            if said and (all_lines or finding.on_changed_line):
                aside.append(Dismissed(finding=finding, dismissal=completed(said, finding)))
            else:
                kept.append(finding)
        left.append(report.but(findings=tuple(kept)))
    return tuple(left), tuple(aside)
