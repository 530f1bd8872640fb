"""Typos: known misspellings in any text, source or prose.

It knows words that are wrong, not words that are right: little noise, by design.
Exit codes: 2 for findings, as in https://github.com/crate-ci/typos/blob/master/docs/reference.md
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from tasks.analysers.contract import Analyser, Target, suffix
from tasks.core.finding import Finding, Severity

PROSE = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc", ".html", ""})
COMMENT = re.compile(r"\s*(#|//|/\*|\*|--|<!--|;)")

LONGEST = 2_000
"""Characters of a line a person may have written: a paragraph, not a packed script."""

SHORTEST = 5
"""Of about 80 shorter "typos" on changed lines of six projects none was one: ``ser``, ``aci``."""

SLIPS = frozenset({"teh", "hte", "taht", "thta", "adn", "wich", "tihs", "htis"})
"""Short words that are nothing but a slip of the fingers."""

NAMES = frozenset({"certifi"})
"""What software is called."""

NOT_ENGLISH = frozenset({"locale", "locales", "i18n", "l10n", "translations", "lang", "langs"})
MACHINE_MADE = frozenset(
    {".svg", ".csv", ".tsv", ".map", ".lock", ".sum", ".ipynb", ".po", ".pot", ".pem", ".crt"}
    | {".patch", ".diff", ".snap", ".dic", ".jsonl", ".har"}
)
MACHINE_NAMED = frozenset({"package-lock.json", "pnpm-lock.yaml", "npm-shrinkwrap.json"})
VENDORED = frozenset({"vendor", "_vendor", "third_party", "node_modules", "cassettes"})


def wants(path: str, first_line: str) -> bool:
    del first_line
    pure = PurePosixPath(path)
    name = pure.name.lower()
    return (
        suffix(path) not in MACHINE_MADE
        and name not in MACHINE_NAMED
        and ".min." not in name
        and not (NOT_ENGLISH | VENDORED) & {part.lower() for part in pure.parts[:-1]}
    )


def command(target: Target) -> list[str]:
    # file names are not ours to mend, and the folder of the copies is part of them
    options = ["--isolated", "--no-ignore", "--hidden", "--no-check-filenames", "--format=json"]
    return ["typos", *options, "--", *target.files]


def parse(output: str, target: Target) -> Iterable[Finding]:
    items = [json.loads(line) for line in output.splitlines() if line]
    found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        if item["type"] == "typo" and _is_a_word(item["typo"]):
            found[item["path"], item["line_num"]].append(item)
    texts: dict[str, list[str]] = {}
    for (path, number), on_line in found.items():
        if path not in texts:  # it counts \n alone
            texts[path] = target.read(path).split("\n")
        line = texts[path][number - 1].removesuffix("\r")
        if len(line) <= LONGEST:
            yield from _on_line(path, line, on_line, target.paths.get(path, path))


def _on_line(path: str, line: str, items: list[dict[str, Any]], name: str) -> Iterator[Finding]:
    """Yield the typos of one line; each suggests the line without any of them."""
    columns = [_column(line, item["byte_offset"], item["typo"]) for item in items]
    fixed = _mended(line, items, columns) if _is_prose(name, line) else None
    for item, column in zip(items, columns, strict=True):
        yield Finding(
            path=path,
            line=item["line_num"],
            column=column,
            rule="typos/typo",
            severity=Severity.INFO,
            message=_message(item["typo"], item["corrections"]),
            suggestion=fixed,
        )


def _is_a_word(typo: str) -> bool:
    """Return whether it is more than the initials, prefix or test value short "typos" are."""
    word = typo.lower()
    return (len(word) >= SHORTEST or word in SLIPS) and word not in NAMES


def _column(line: str, offset: int, typo: str) -> int:
    """Return the column, in characters, of a byte of a line; 0 where it is not there."""
    before = line.encode(errors="replace")[:offset].decode(errors="replace")
    return len(before) + 1 if line.startswith(typo, len(before)) else 0


def _mended(line: str, items: list[dict[str, Any]], columns: list[int]) -> str | None:
    """Return the line with every typo mended, if each is there and has one correction."""
    for item, column in sorted(zip(items, columns, strict=True), key=lambda pair: -pair[1]):
        if not column or len(item["corrections"]) != 1:
            return None
        after = line[column - 1 + len(item["typo"]) :]
        line = f"{line[: column - 1]}{item['corrections'][0]}{after}"
    return line


def _is_prose(path: str, line: str) -> bool:
    """Return whether a word of this line is no name that other lines may use."""
    return suffix(path) in PROSE or bool(COMMENT.match(line))


def _message(typo: str, corrections: list[str]) -> str:
    if not corrections:
        return f"`{typo}` is a word to avoid"
    better = " or ".join(f"`{word}`" for word in corrections)
    return f"`{typo}` should be {better}"


ANALYSER = Analyser(
    name="typos",
    step="code_quality",
    title="known misspellings in source and prose",
    url="https://github.com/crate-ci/typos",
    distribution="typos",
    looked=frozenset({0, 2}),
    any_text=True,
    wants=wants,
    command=command,
    parse=parse,
)
