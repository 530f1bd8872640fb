"""Print every comment that tells a tool to look away.

Comments only, where the language is known: a text about ``noqa`` silences nothing.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks.probes.comments import Comment, comment_in, language
from tasks.probes.source import Item, answer, files

DIRECTIVES = {
    "noqa": r"(?:(?:ruff|flake8):\s*)?noqa\b",
    "ruff": r"ruff:\s*(?:file-)?(?:ignore|disable)\b",
    "nosec": r"nosec\b",
    "type_ignore": r"type:\s*ignore\b",
    "pyright": r"pyright:\s*(?:ignore\b|basic\b|report\w+\s*=\s*false\b)",
    "ty": r"ty:\s*ignore\b",
    "mypy": r"mypy:\s*(?:ignore[-_]errors|disable[-_]error[-_]code)\b",
    "pylint": r"pylint:\s*(?:disable|skip-file)\b",
    "coverage": r"pragma:?\s*no\s*(?:cover|branch)\b",
    "complexipy": r"complexipy:\s*ignore\b",
    "allowlist_secret": r"pragma:\s*(?:allow|white)list(?:\s+nextline)?\s+secret\b",
    "gitleaks": r"(?:gitleaks|betterleaks):allow\b",
    "nosemgrep": r"(?:nosemgrep|nosem)\b",
    "shellcheck": r"shellcheck\s+disable(?=\s*=)",
    "zizmor": r"zizmor:\s*ignore\b",
    "hadolint": r"hadolint\s+(?:global\s+)?ignore(?=\s*=)",
    "yamllint": r"yamllint\s+disable",
    "typos": r"(?:typos|spellchecker|cspell|codespell)\s*:\s*(?:ignore|disable|off)",
    "eslint": r"eslint-disable",
    "oxlint": r"oxlint-disable",
    "typescript": r"@ts-(?:ignore|expect-error|nocheck)\b",
    "biome": r"biome-ignore\b",
    "jscpd": r"jscpd:ignore-(?:start|next)\b",
    "checkov": r"checkov:skip\b",
    "markdownlint": r"(?:markdownlint|rumdl)-disable\b",
}

PATTERN = re.compile(
    "|".join(f"(?P<{name}>{text})" for name, text in DIRECTIVES.items()), re.IGNORECASE
)

ANYWHERE = frozenset({"gitleaks", "allowlist_secret", "nosemgrep"})
"""Those that count wherever they stand in a line; the others only where a comment begins."""

CODES = re.compile(r"[-\w]*\s*(?P<open>[\[(=:]|\s)\s*(?P<all>[\w@/.-]+(?:\s*,\s*[\w@/.-]+){0,9})")
"""What is silenced, in the ways the tools write it: ``: F401``, ``[arg-type]``, ``=SC2086``."""

CODE = re.compile(r"[a-z@/-]*[A-Z]+\d+|[a-z@/]+(?:-[a-z/]+)+|report[A-Z][A-Za-z]+")
"""What a rule is called; anything else behind a directive is prose, or worse a secret."""


def codes(text: str, start: int) -> list[str]:
    """Return the rules that are named behind a directive."""
    match = CODES.match(text, start)
    if not match:
        return []
    named = re.split(r"\s*,\s*", match["all"])
    return [
        code for code in named if CODE.fullmatch(code) or (match["open"] == "[" and code.islower())
    ]


def silencers(comment: Comment) -> Iterator[Item]:
    """Yield the directives of one comment."""
    for match in PATTERN.finditer(comment.text):
        name = match.lastgroup or ""
        before = comment.text[: match.start()].rstrip()
        if name not in ANYWHERE and (not comment.known or (before and before[-1] not in "#*/;")):
            continue
        yield {
            "line": comment.line,
            "column": comment.column + match.start(),
            "name": name,
            "text": " ".join(match[0].split()),
            "codes": codes(comment.text, match.end()),
        }


def comments(path: str) -> Iterator[Comment]:
    """Yield the comments of one file; in a language nobody knows, its lines."""
    text = Path(path).read_bytes().decode("utf-8", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kind = language(path, text.partition("\n")[0])
    first = 1
    lines = text.split("\n")
    if kind == "python":
        try:
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                first = token.end[0] + 1
                if token.type == tokenize.COMMENT:
                    yield Comment(token.start[0], token.start[1] + 2, token.string[1:])
        except (tokenize.TokenError, SyntaxError):
            pass  # what is behind the error is no Python, and may silence all the same
        else:
            first = len(lines) + 1
    for number, line in enumerate(lines[first - 1 :], first):
        if comment := comment_in(kind, number, line):
            yield comment


def look(path: str) -> Iterator[Item]:
    """Yield the silencers of one file."""
    for comment in comments(path):
        yield from silencers(comment)


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    answer(files(arguments), look)


if __name__ == "__main__":
    main(sys.argv)
