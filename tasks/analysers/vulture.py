"""Vulture: code that is never reached, because of what stands before it.

Of what it is sure of by one file alone, the rest is no news or no bug: unused imports and
variables are ruff's, and an unused argument is what an interface asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.analysers.contract import Analyser, Target, is_python
from tasks.analysers.probed import probe, said
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap


def command(target: Target) -> list[str]:
    return probe("dead_code", files=target.files)


def finding(item: dict[str, Any]) -> Finding:
    return Finding(
        path=item["path"],
        line=item["line"],
        end_line=item["end_line"],
        rule="vulture/unreachable-code",
        severity=Severity.WARNING,
        message=f"{item['message']} ({item['confidence']}% sure)",
    )


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    del target
    return said(output, "vulture", finding)


ANALYSER = Analyser(
    name="vulture",
    step="code_quality",
    title="code that is never reached",
    url="https://github.com/jendrikseipp/vulture",
    distribution="vulture",
    extra="quality",
    wants=is_python,
    command=command,
    parse=parse,
)
