"""Cognitive complexity: functions that have become hard to follow, by complexipy's count.

A library, not its command line: that has no line numbers, and obeys the reviewed tree.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.analysers.growth import Function, message, severity, too_complex
from tasks.analysers.probed import probe
from tasks.core.finding import Finding
from tasks.core.report import Gap

LIMIT = 15


def wants(path: str, first_line: str) -> bool:
    return is_python(path, first_line) and not is_test(path)


def command(target: Target) -> list[str]:
    return probe("cognitive", files=target.everything)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    limit = int(target.settings.get("cognitive", LIMIT))  # type: ignore[arg-type] # or TypeError: not looked
    of: dict[str, list[Function]] = defaultdict(list)
    for item in json.loads(output):
        if "gap" in item:
            yield Gap(who="cognitive", path=item["path"], why=item["gap"])
            continue
        function = Function(item["name"], item["line"], item["end_line"], item["number"])
        of[item["path"]].append(function)
    for path in target.files:
        base = of[target.before.get(path, "")]
        for function, before in too_complex(of[path], base, limit):
            yield Finding(
                path=path,
                line=function.line,
                end_line=function.end_line,
                rule="cognitive/complexity",
                severity=severity(function, before, limit),
                message=message("cognitive", function, before, limit),
            )


ANALYSER = Analyser(
    name="cognitive",
    step="code_quality",
    title="functions that become hard to follow",
    url="https://rohaquinlop.github.io/complexipy/",
    distribution="complexipy",
    compares=True,
    wants=wants,
    command=command,
    parse=parse,
)
