"""Keep what a secret's line holds out of everything that is shown or sent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from tasks.core.finding import Finding
from tasks.core.report import Report, findings_of

SECRET = re.compile(r"(?:secrets|gitleaks)/|bandit/B10[567]$|ruff_security/S10[567]$")
"""The rules whose findings are secrets: their messages never hold one, their lines do."""

HIDDEN = "(not shown: a secret is here)"
"""What stands for a line that holds a secret."""


def secret_lines(findings: Iterable[Finding]) -> Mapping[str, AbstractSet[int]]:
    """Return, by path, the lines on which somebody found a secret."""
    lines: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        if SECRET.match(finding.rule):
            lines[finding.path].update(finding.lines)
    return lines


def redacted(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return the reports without suggestions that would repeat a line with a secret."""
    said = tuple(reports)
    hidden = secret_lines(findings_of(said))
    return tuple(
        report.but(findings=tuple(_without(finding, hidden) for finding in report.findings))
        for report in said
    )


def _without(finding: Finding, hidden: Mapping[str, AbstractSet[int]]) -> Finding:
    if finding.suggestion and not hidden.get(finding.path, set()).isdisjoint(finding.lines):
        return finding.but(suggestion=None)
    return finding
