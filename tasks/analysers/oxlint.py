"""Oxlint: mistakes in JavaScript and TypeScript, without Node and without the project's plugins.

It cannot be told to disregard ``eslint-disable``; silencers lists those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tasks.analysers.contract import Analyser, Target, suffix
from tasks.core.finding import Finding, Severity

SUFFIXES = frozenset(
    {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"}
)


LONGEST = 500
"""Characters of a line a person may have written; longer ones are packed by a machine."""

LEVELS = {"eslint(no-unused-vars)": Severity.INFO}


def wants(path: str, first_line: str) -> bool:
    del first_line
    return suffix(path) in SUFFIXES and ".min." not in path


def command(target: Target) -> list[str]:
    options = ["--config=empty.json", "--disable-nested-config", "--no-ignore", "--format=json"]
    return ["oxlint", *options, "--", *target.files]


def findings(item: dict[str, Any], lines: list[str]) -> Iterator[Finding]:
    """Yield one diagnostic as a finding; its columns count bytes."""
    span = item["labels"][0]["span"] if item["labels"] else {"line": 0, "column": 1}
    line = lines[span["line"] - 1] if 0 < span["line"] <= len(lines) else ""
    before = line.encode(errors="replace")[: span["column"] - 1].decode(errors="replace")
    code = item.get("code", "")  # none: the file does not parse
    if code and len(line) > LONGEST:
        return
    yield Finding(
        path=item["filename"],
        line=span["line"],
        column=len(before) + 1 if line else 0,
        rule=f"oxlint/{code.replace('(', '/').rstrip(')') or 'syntax'}",
        severity=LEVELS.get(code, Severity.WARNING) if code else Severity.ERROR,
        message=item["message"].split("\n")[0].rstrip("."),
    )


def parse(output: str, target: Target) -> Iterable[Finding]:
    # it skips in silence what it will not read; 1 is its exit code for that, and for findings
    answer = json.loads(output)
    if answer["number_of_files"] != len(target.files):
        raise ValueError(f"it looked at {answer['number_of_files']} of {len(target.files)} files")
    lines: dict[str, list[str]] = {}
    for item in answer["diagnostics"]:
        path = item["filename"]
        if path not in lines:
            lines[path] = target.read(path).split("\n")
        yield from findings(item, lines[path])


ANALYSER = Analyser(
    name="oxlint",
    step="code_quality",
    title="mistakes in JavaScript and TypeScript",
    url="https://oxc.rs/docs/guide/usage/linter/rules.html",
    distribution="oxlint",
    extra="js",
    looked=frozenset({0, 1}),
    files={"empty.json": "{}"},
    wants=wants,
    command=command,
    parse=parse,
)
