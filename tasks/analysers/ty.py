"""Ty: type errors that the change brings, told from those that were there before.

Only where it is asked for: without the project's dependencies every checker sees errors that
are none. It cannot be told to disregard ``ty: ignore``; silencers lists those.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.analysers.fixes import line_of
from tasks.analysers.probed import probe
from tasks.analysers.silenced import by_type_ignore, quietly
from tasks.core.finding import Finding, Severity

NOT_OURS = frozenset({"import-not-found", "unresolved-import", "invalid-syntax", "unused-ignore"})
"""What it says because the project is not installed here, or what ruff says anyway."""


def wants(path: str, first_line: str) -> bool:
    return is_python(path, first_line) and not is_test(path)  # mocks have no types worth a check


def command(target: Target) -> list[str]:
    options = [
        "--config-file=empty.toml",
        "--config=analysis.respect-type-ignore-comments=false",
        f"--python-version={target.python}",
        "--no-progress",
        "--output-format=gitlab",
        "--exit-zero",
        "--no-respect-ignore-files",
    ]
    return probe("ty_alone", *options, files=target.everything)


def _error(item: dict[str, Any]) -> tuple[str, str]:
    """Return what an error is, wherever it stands."""
    return item["check_name"], item["description"]


def parse(output: str, target: Target) -> Iterable[Finding]:
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in json.loads(output):
        if item["check_name"] not in NOT_OURS:
            of[item["location"]["path"]].append(item)
    said: set[tuple[str, int, str]] = set()
    for path in target.files:
        known = Counter(_error(item) for item in of[target.before.get(path, "")])
        for item in of[path]:
            name, text = _error(item)
            if known[name, text]:
                known[name, text] -= 1
                continue
            place = (path, item["location"]["positions"]["begin"]["line"], name)
            if place in said:
                continue  # once for each member of a union
            said.add(place)
            begin, end = (item["location"]["positions"][key] for key in ("begin", "end"))
            found = Finding(
                path=path,
                line=begin["line"],
                end_line=end["line"],
                column=begin["column"],
                rule=f"ty/{name}",
                severity=Severity.WARNING,
                message=text.removeprefix(f"{name}: ").split("\n")[0],
            )
            meant = by_type_ignore(line_of(target.read(path), found.line))
            yield quietly(found) if meant else found


ANALYSER = Analyser(
    name="ty",
    step="code_quality",
    title="type errors that the change brings",
    url="https://docs.astral.sh/ty/reference/rules/",
    distribution="ty",
    extra="types",
    opt_in=True,
    compares=True,
    files={"empty.toml": ""},
    wants=wants,
    command=command,
    parse=parse,
)
