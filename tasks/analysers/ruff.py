"""Ruff: style, names, imports, docstrings and common bugs in Python files.

Exit codes: https://docs.astral.sh/ruff/linter/#exit-codes
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tasks.analysers.contract import Analyser, Target, is_python
from tasks.analysers.fixes import Edit, line_of, suggestion
from tasks.analysers.ruff_rules import LEFT_OUT, SELECT, is_meant, severity
from tasks.analysers.silenced import by_noqa, quietly
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

LOOKED = frozenset({0, 1})  # 1: it found something; 2: it could not run
SYNTAX = "invalid-syntax"

UNREADABLE = "E902"
"""Always among the rules: a file ruff cannot read is otherwise a clean one."""

TOO_NEW = "Cannot use"
"""How it begins when a construct is newer than the target; it looks at the file all the same."""


def isolated(select: Sequence[str], target: Target, ignore: Sequence[str] = ()) -> list[str]:
    """Return ruff's command line for these rules, deaf to the reviewed tree."""
    left_out = [f"--ignore={','.join(ignore)}"] if ignore else []
    return [
        "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore",
        "--output-format=json", f"--target-version=py{target.python.replace('.', '')}",
        f"--select={','.join([*select, UNREADABLE])}", *left_out,
    ]  # fmt: skip


def command(target: Target) -> list[str]:
    return [*isolated(SELECT, target, LEFT_OUT), "--", *target.files]


def unreadable(item: dict[str, Any], who: str) -> Gap | None:
    """Return that ruff could not read a file, if this item says so."""
    if item["code"] != UNREADABLE:
        return None
    return Gap(who=who, path=item["filename"], why=f"it cannot be read ({item['message']})")


def finding(item: dict[str, Any], tool: str, level: Severity, text: str) -> Finding:
    """Return one item of ruff's JSON as a finding, with its fix where it is a safe one."""
    row, column = item["location"]["row"], item["location"]["column"]
    found = Finding(
        path=item["filename"],
        line=row,
        column=column,
        end_line=max(row, item["end_location"]["row"]),
        rule=f"{tool}/{'syntax' if item['code'] == SYNTAX else item['code']}",
        severity=level,
        message=item["message"].split("\n")[0],
    )
    fix = item["fix"]
    if not fix or fix["applicability"] != "safe":
        return found
    better = suggestion(text, [_edit(edit) for edit in fix["edits"]], row)
    if not better:
        return found
    return found.but(
        line=better.line,
        end_line=better.end_line,
        column=column if better.line == row else 0,
        suggestion=better.text,
    )


def of_style(item: dict[str, Any], tool: str, level: Severity, text: str) -> Finding:
    """Return one item as a finding that a comment of its author makes a quiet one."""
    found = finding(item, tool, level, text)
    edits = item["fix"]["edits"] if item["fix"] else []
    # the comment may stand where the statement begins, as on the first line of an import
    rows = {item["noqa_row"] or 0, *(edit["location"]["row"] for edit in edits[:1])}
    meant = any(by_noqa(line_of(text, row), item["code"]) for row in rows)
    return quietly(found) if meant else found


def _edit(edit: dict[str, Any]) -> Edit:
    start, end = edit["location"], edit["end_location"]
    return Edit(start["row"], start["column"], end["row"], end["column"], edit["content"])


def said(output: str, target: Target, who: str) -> Iterator[tuple[dict[str, Any], str] | Gap]:
    """Yield ruff's items, each with its file's text, and gaps for what it could not read."""
    texts: dict[str, str] = {}
    for item in json.loads(output):
        if gap := unreadable(item, who):
            yield gap
            continue
        path = item["filename"]
        if path not in texts:
            texts[path] = target.read(path)
        yield item, texts[path]


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    broken: set[str] = set()
    for one in said(output, target, "ruff"):
        if isinstance(one, Gap):
            yield one
            continue
        item, text = one
        code, path = item["code"], item["filename"]
        if code == SYNTAX:
            if path in broken:
                continue  # its other complaints about the same file follow from the first
            broken.add(path)
        if not is_meant(code, target.paths.get(path, path)):
            yield of_style(item, "ruff", severity(code, item["message"]), text)


ANALYSER = Analyser(
    name="ruff",
    step="code_quality",
    title="style, names, imports and common bugs in Python",
    url="https://docs.astral.sh/ruff/rules/",
    distribution="ruff",
    looked=LOOKED,
    wants=is_python,
    command=command,
    parse=parse,
)
