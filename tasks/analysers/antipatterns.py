"""Antipatterns: what a loop does in each round and could do once, and loops that nest deeper.

A probe of ours, for what ruff's rules about performance do not see. What it cannot be sure of -
how often a loop goes round - it says as INFO.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.analysers.growth import Function, too_complex
from tasks.analysers.probed import probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

RULES: dict[str, tuple[Severity, str]] = {
    "query-in-loop": (
        Severity.WARNING,
        "`{}` asks the database in each round of the loop; one query for all rows asks once",
    ),
    "connection-in-loop": (
        Severity.WARNING,
        "`{}` opens a connection in each round of the loop; a session or client keeps one open",
    ),
    "open-in-loop": (Severity.INFO, "`{}` is opened anew in each round of the loop"),
    "compile-in-loop": (
        Severity.INFO,
        "the same pattern is compiled in each round of the loop; once before it is enough",
    ),
    "pop-first": (
        Severity.INFO,
        "`{}.pop(0)` moves all others in each round of the loop; a deque has popleft()",
    ),
    "insert-first": (
        Severity.INFO,
        "`{}.insert(0, ...)` moves all others in each round of the loop; a deque has appendleft()",
    ),
    "string-in-loop": (
        Severity.INFO,
        "`{}` may be copied in each round of the loop as it grows; join() copies once",
    ),
}

DEEP = 2
"""Loops within each other that raise no question."""

VERY_DEEP = 4
"""So many are one even in a function that is new."""

ONCE = frozenset({"migrations", "alembic", "versions", "docs", "examples", "scripts"})
"""Folders of code that runs once, or is read."""


def wants(path: str, first_line: str) -> bool:
    once = ONCE & set(PurePosixPath(path).parts[:-1])
    return is_python(path, first_line) and not is_test(path) and not once


def command(target: Target) -> list[str]:
    return probe("antipatterns", files=target.everything)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    depths: dict[str, list[Function]] = defaultdict(list)
    for item in json.loads(output):
        path = item["path"]
        if "gap" in item:
            yield Gap(who="antipatterns", path=path, why=item["gap"])
        elif "depth" in item:
            function = Function(item["name"], item["line"], item["end_line"], item["depth"])
            depths[path].append(function)
        elif path in target.files:
            severity, message = RULES[item["rule"]]
            yield Finding(
                path=path,
                line=item["line"],
                column=item["column"],
                rule=f"antipatterns/{item['rule']}",
                severity=severity,
                message=message.format(item["what"]),
            )
    for path in target.files:
        yield from _deeper(path, depths[path], depths[target.before.get(path, "")])


def _deeper(path: str, head: list[Function], base: list[Function]) -> Iterable[Finding]:
    """Yield the functions whose loops nest deeper than at the base."""
    for function, before in too_complex(head, base, DEEP):
        if before is None and function.number < VERY_DEEP:
            continue
        was = f"; it was {before}" if before is not None else ""
        yield Finding(
            path=path,
            line=function.line,
            end_line=function.end_line,
            rule="antipatterns/loop-depth",
            severity=Severity.WARNING if before is not None else Severity.INFO,
            message=f"`{function.name}` nests {function.number} loops within each other{was}",
        )


ANALYSER = Analyser(
    name="antipatterns",
    step="performance_review",
    title="what a loop does in each round and could do once",
    url="https://wiki.python.org/moin/PythonSpeed/PerformanceTips",
    compares=True,
    wants=wants,
    command=command,
    parse=parse,
)
