"""Ruff's rules about performance: needless copies and loops, and calls that block an event loop.

None of them is among those of ``ruff``; tests are left out, which are not run often enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.analysers.ruff import LOOKED, SYNTAX, TOO_NEW, isolated, of_style, said
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

SELECT = (
    "PERF101", "PERF102", "PERF401", "PERF402", "PERF403",  # not 203: free since Python 3.11
    "FURB129", "FURB136", "FURB161", "FURB187", "FURB192",
    "C419",
    "RUF015", "RUF017",
    "ASYNC210", "ASYNC212", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC250", "ASYNC251",
)  # fmt: skip


def wants(path: str, first_line: str) -> bool:
    return is_python(path, first_line) and not is_test(path)


def command(target: Target) -> list[str]:
    return [*isolated(SELECT, target), "--", *target.files]


def severity(code: str) -> Severity:
    """Return how bad it is: to block everybody's event loop, or to take a little longer."""
    return Severity.WARNING if code.startswith(("ASYNC", "RUF017")) else Severity.INFO


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    broken: set[str] = set()
    for one in said(output, target, "ruff_perf"):
        if isinstance(one, Gap):
            yield one
            continue
        item, text = one
        path = item["filename"]
        if item["code"] != SYNTAX:
            yield of_style(item, "ruff_perf", severity(item["code"]), text)
        elif path not in broken and not item["message"].startswith(TOO_NEW):
            broken.add(path)  # ruff itself says what is wrong with it, once
            yield Gap(who="ruff_perf", path=path, why="it is not valid Python")


ANALYSER = Analyser(
    name="ruff_perf",
    step="performance_review",
    title="needless copies and loops, and calls that block an event loop",
    url="https://docs.astral.sh/ruff/rules/#perflint-perf",
    distribution="ruff",
    looked=LOOKED,
    wants=wants,
    command=command,
    parse=parse,
)
