"""OSV: pins that a change adds or moves, and that have a known vulnerability.

``settings: {osv: URL}`` names the API, the path of an export (``all.zip``), or ``off``. The day
is a part of the command, so that no answer is remembered for longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target
from tasks.analysers.probed import probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

API = "https://api.osv.dev"

_KINDS = tuple(
    (re.compile(rf"(^|/)({end})$"), kind)
    for end, kind in (
        (
            r"[^/]*requirements[^/]*\.(txt|in)|requirements/[^/]+\.(txt|in)|constraints[^/]*\.txt",
            "requirements",
        ),
        (r"pyproject\.toml", "pyproject"),
        (r"(uv|poetry|pdm)\.lock", "toml-lock"),
        (r"Pipfile\.lock", "pipfile-lock"),
        (r"(package-lock|npm-shrinkwrap)\.json", "package-lock"),
        (r"yarn\.lock", "yarn-lock"),
    )
)

SEVERITIES = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
}


def kind(path: str) -> str:
    """Return how a file pins dependencies, or nothing."""
    return next((kind for pattern, kind in _KINDS if pattern.search(path)), "")


def wants(path: str, first_line: str) -> bool:
    del first_line
    return kind(path) != ""


def command(target: Target) -> list[str]:
    source = str(target.settings.get("osv", API))
    today = datetime.now(UTC).date().isoformat()
    files = [
        part
        for file in target.files
        for part in (kind(target.paths.get(file, file)), file, target.before.get(file, ""))
    ]
    return probe("osv", source, today, files=files)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    del target

    def severity(item: dict[str, Any]) -> Severity:
        return SEVERITIES.get(item["bad"], Severity.WARNING)

    return answers(output, "osv", severity)


ANALYSER = Analyser(
    name="osv",
    step="security_scan",
    title="new or changed pins with a known vulnerability",
    url="https://osv.dev/",
    distribution="packaging",  # it decides which version is which
    compares=True,
    wants=wants,
    command=command,
    parse=parse,
)
