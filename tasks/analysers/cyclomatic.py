"""Cyclomatic complexity: functions that have grown over the limit, by ruff's count of branches.

Ruff is told a limit of 0, so that it names every function of head and base with its number.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.analysers.growth import Function, message, outline, severity, too_complex
from tasks.analysers.ruff import LOOKED, isolated, unreadable
from tasks.core.finding import Finding
from tasks.core.report import Gap

LIMIT = 10
NUMBER = re.compile(r"`(.*)` is too complex \((\d+) > 0\)")


def wants(path: str, first_line: str) -> bool:
    return is_python(path, first_line) and not is_test(path)


def command(target: Target) -> list[str]:
    options = ["--config=lint.mccabe.max-complexity=0"]
    return [*isolated(["C901"], target), *options, "--", *target.everything]


def functions(output: str, target: Target) -> Iterator[tuple[str, list[Function]] | Gap]:
    """Yield each file with its functions in order, and what ruff could not read."""
    rows: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for item in json.loads(output):
        if gap := unreadable(item, "cyclomatic"):
            yield gap
        elif item["code"] == "C901" and (match := NUMBER.fullmatch(item["message"])):
            row = item["location"]["row"]
            rows[item["filename"]].append((row, match[1], int(match[2])))
    for path, found in rows.items():
        places = outline(target.read(path))
        in_order = []
        for row, name, number in sorted(found):
            full, end = places.get(row, (name, row))
            in_order.append(Function(full, row, end, number))
        yield path, in_order


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    limit = int(target.settings.get("cyclomatic", LIMIT))  # type: ignore[arg-type] # or TypeError: not looked
    said = list(functions(output, target))
    yield from (item for item in said if isinstance(item, Gap))
    of = dict(item for item in said if not isinstance(item, Gap))
    for path in target.files:
        base = of.get(target.before.get(path, ""), [])
        for function, before in too_complex(of.get(path, []), base, limit):
            yield Finding(
                path=path,
                line=function.line,
                end_line=function.end_line,
                rule="cyclomatic/complexity",
                severity=severity(function, before, limit),
                message=message("cyclomatic", function, before, limit),
            )


ANALYSER = Analyser(
    name="cyclomatic",
    step="code_quality",
    title="functions whose branches grow over the limit",
    url="https://docs.astral.sh/ruff/rules/complex-structure/",
    distribution="ruff",
    looked=LOOKED,
    compares=True,
    wants=wants,
    command=command,
    parse=parse,
)
