"""Jscpd: code that is there twice among the changed files.

It cannot be told to disregard its own ``jscpd:ignore-start``; silencers lists those.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.core.finding import Finding, Severity

CODE = frozenset(
    {".py", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go", ".java", ".kt"}
    | {".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".rs", ".rb", ".php", ".swift", ".scala", ".sh"}
)

SMALLEST = ("--min-tokens=100", "--min-lines=12")
"""Below this, what is alike is mostly imports, signatures and tables."""


ALIKE = 0.6
"""The share of its lines from which on a copy that was there before is an old one."""


def wants(path: str, first_line: str) -> bool:
    del first_line
    alike_on_purpose = ".min." in path or "migrations/" in path or ".test." in path
    return suffix(path) in CODE and not is_test(path) and not alike_on_purpose


def command(target: Target) -> list[str]:
    options = ["--absolute", "--config=empty.json", "--no-gitignore", "--silent", "--no-colors"]
    # over its own limit it leaves a file out in silence: ours is lower, and is said
    options += [*SMALLEST, "--mode=mild", "--max-size=1gb", "--reporters=json", "--output=."]
    return ["jscpd", *options, "--", *target.files]


def side(this: dict[str, Any], other: dict[str, Any], target: Target) -> Finding:
    """Return what is to be said about one of two copies."""
    where = target.paths.get(other["name"], other["name"])
    lines = this["end"] - this["start"] + 1
    return Finding(
        path=this["name"],
        line=this["start"],
        end_line=this["end"],
        rule="jscpd/clone",
        severity=Severity.INFO,
        message=f"these {lines} lines are also in {where}:{other['start']}-{other['end']}",
    )


def was_there(fragment: str, first: str, second: str, target: Target) -> bool:
    """Return whether the base had about the same lines in both places already."""
    wanted = {line.strip() for line in fragment.split("\n")} - {""}
    times = 2 if first == second else 1
    for path in {first, second}:
        before = target.before.get(path)
        if not before:
            return False
        lines = Counter(line.strip() for line in target.read(before).split("\n"))
        if sum(lines[line] >= times for line in wanted) < ALIKE * len(wanted):
            return False
    return True


def parse(output: str, target: Target) -> Iterable[Finding]:
    for clone in json.loads(output)["duplicates"]:
        first, second = clone["firstFile"], clone["secondFile"]
        if not was_there(clone["fragment"], first["name"], second["name"], target):
            yield side(first, second, target)
            yield side(second, first, target)


ANALYSER = Analyser(
    name="jscpd",
    step="code_quality",
    title="code that is there twice",
    url="https://github.com/kucherenko/jscpd",
    distribution="jscpd",
    extra="quality",
    whole=True,
    compares=True,
    output="jscpd-report.json",
    files={"empty.json": "{}"},
    wants=wants,
    command=command,
    parse=parse,
)
