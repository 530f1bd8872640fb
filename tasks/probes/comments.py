"""Find the comment of a line, by the language of its file."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple

LONGEST = 10_000
"""Characters of a line in which strings are told from comments: longer ones are data."""


class Comment(NamedTuple):
    """The text behind a comment's mark, and where it begins; both count from 1.

    ``known`` is false for a line of a language nobody knows, which may be no comment.
    """

    line: int
    column: int
    text: str
    known: bool = True


STRINGS = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`"""

MARKS = {
    "python": r"#",
    "hash": r"(?:(?<=\s)|^)#",
    "slashes": r"//|/\*",
    "angles": r"<!--",
    "dashes": r"(?:(?<=\s)|^)--",
}

FINDERS = {
    kind: (
        re.compile(mark if kind == "angles" else f"{STRINGS}|(?P<mark>{mark})"),
        re.compile(mark),
    )
    for kind, mark in MARKS.items()
}

SUFFIXES = {
    "python": ".py .pyi .pyw",
    "hash": ".sh .bash .zsh .ksh .yml .yaml .toml .cfg .ini .rb .pl .r .tf .hcl .mk .cmake .env"
    " .ps1 .ex .exs .nix .properties .dockerfile",
    "slashes": ".js .jsx .ts .tsx .mjs .cjs .mts .cts .go .java .kt .c .h .cc .cpp .hpp .cs .rs"
    " .swift .scala .php .css .scss .less .dart .groovy .proto .vue .svelte .json5 .jsonc",
    "angles": ".md .markdown .html .htm .xml .svg",
    "dashes": ".sql .lua .hs",
}

LANGUAGES = {suffix: kind for kind, all_of in SUFFIXES.items() for suffix in all_of.split()}

HASH_NAMES = ("dockerfile", "containerfile", "makefile", "justfile", "gemfile", "rakefile")


def language(path: str, first_line: str) -> str:
    """Return how a file writes its comments; empty where nobody knows."""
    pure = PurePath(path)
    if kind := LANGUAGES.get(pure.suffix.lower()):
        return kind
    if first_line.startswith("#!"):
        return "python" if "python" in first_line else "hash"
    return "hash" if pure.name.lower().startswith(HASH_NAMES) else ""


def comment_in(kind: str, number: int, line: str) -> Comment | None:
    """Return the comment of a line; in a language nobody knows, the line itself."""
    if not kind:
        return Comment(number, 1, line, known=False)
    with_strings, plain = FINDERS[kind]
    if len(line) > LONGEST:
        match = plain.search(line)
        return Comment(number, match.end() + 1, line[match.end() :]) if match else None
    for match in with_strings.finditer(line):
        if kind == "angles" or match["mark"]:
            return Comment(number, match.end() + 1, line[match.end() :])
    return None
