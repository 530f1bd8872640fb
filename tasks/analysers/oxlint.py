"""Oxlint: mistakes in JavaScript and TypeScript, without Node and without the project's plugins.

It cannot be told to disregard ``eslint-disable``; silencers lists those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tasks.analysers.contract import Analyser, Target, suffix
from tasks.core.finding import Finding, Severity

SUFFIXES = frozenset(
    {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"}
)


def wants(path: str, first_line: str) -> bool:
    del first_line
    return suffix(path) in SUFFIXES and ".min." not in path


def command(target: Target) -> list[str]:
    options = ["--config=empty.json", "--disable-nested-config", "--no-ignore", "--format=json"]
    return ["oxlint", *options, "--", *target.files]


def finding(item: dict[str, Any], target: Target) -> Finding:
    """Return one diagnostic as a finding; its columns count bytes."""
    path = item["filename"]
    spans = [label["span"] for label in item["labels"]]
    line = spans[0]["line"] if spans else 0
    column = _column(target.read(path), line, spans[0]["column"]) if spans else 0
    # a diagnostic without a rule is a file that does not parse
    rule, level = item.get("code"), Severity.WARNING
    if not rule:
        rule, level = "syntax", Severity.ERROR
    return Finding(
        path=path,
        line=line,
        column=column,
        rule=f"oxlint/{rule.replace('(', '/').rstrip(')')}",
        severity=level,
        message=item["message"].split("\n")[0].rstrip("."),
    )


def _column(text: str, line: int, column: int) -> int:
    """Return the column in characters."""
    lines = text.split("\n")
    if line > len(lines):
        return 0
    return len(lines[line - 1].encode(errors="replace")[: column - 1].decode(errors="replace")) + 1


def parse(output: str, target: Target) -> Iterable[Finding]:
    # it skips in silence what it will not read; 1 is its exit code for that, and for findings
    answer = json.loads(output)
    if answer["number_of_files"] != len(target.files):
        raise ValueError(f"it looked at {answer['number_of_files']} of {len(target.files)} files")
    return [finding(item, target) for item in answer["diagnostics"]]


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
