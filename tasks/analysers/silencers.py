"""Silencers: comments that tell a tool to look away, listed so that none hides what it silences.

A probe of ours. The analysers do not obey them where they can be told not to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.analysers.contract import Analyser, Target
from tasks.analysers.probed import probe, said
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

WHO = {
    "noqa": "ruff and flake8",
    "nosec": "bandit",
    "type_ignore": "type checkers",
    "allowlist_secret": "detect-secrets",
    "nosemgrep": "semgrep",
    "typos": "spell checkers",
    "typescript": "TypeScript",
    "coverage": "coverage",
}
"""Whom each silences, where its name does not say so."""


def command(target: Target) -> list[str]:
    return probe("silencers", files=target.files)


def finding(item: dict[str, Any]) -> Finding:
    who = WHO.get(item["name"], item["name"])
    codes = f" ({', '.join(item['codes'])})" if item["codes"] else ""
    return Finding(
        path=item["path"],
        line=item["line"],
        column=item["column"],
        rule=f"silencers/{item['name']}",
        severity=Severity.INFO,
        message=f"`{item['text']}` keeps {who} from looking here{codes}",
    )


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    del target
    return said(output, "silencers", finding)


ANALYSER = Analyser(
    name="silencers",
    step="code_quality",
    title="comments that tell a tool to look away",
    url="https://docs.astral.sh/ruff/linter/#error-suppression",
    any_text=True,
    wants=lambda path, first_line: True,  # noqa: ARG005 - the contract's names
    command=command,
    parse=parse,
)
