"""Read JSON with the line of everything in it, and notice what ``json`` keeps quiet about."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder

DEEPEST = 150
"""Nesting that no configuration needs; every level costs three frames of the interpreter."""

Path = tuple[str | int, ...]

_DECODER = JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null")
_WORDS = {"true": True, "false": False, "null": None}


class JsonError(ValueError):
    """What is wrong with a file, at which line and column, both counted from 1."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(why)
        self.why, self.line, self.column = why, line, column


@dataclass(frozen=True, slots=True)
class Marks:
    """The value of a file and where its parts are.

    ``lines`` has the line of every name's value, by the names and positions that lead to it.
    ``repeated`` are names given twice in one object, with their line and the first one's.
    ``comments`` and ``commas`` are the lines of what strict JSON does not know.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)


def read_json(text: str) -> Marks:
    """Return what is in a text that is JSON, maybe with comments and trailing commas.

    Raises:
        JsonError: it is not.
        RecursionError: it is nested deeper than we follow.
    """
    reader = _Reader(text)
    value, end = reader.value(reader.space(0), (), 0)
    end = reader.space(end)
    if end != len(text):
        raise reader.error("something follows the end", end)
    return Marks(value, reader.lines, reader.repeated, reader.comments, reader.commas)


class _Reader:
    """Where in a text we are, and what was noticed on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.repeated: list[tuple[str, int, int]] = []
        self.comments: list[int] = []
        self.commas: list[int] = []

    def line(self, at: int) -> int:
        return bisect.bisect_left(self.breaks, at) + 1

    def error(self, why: str, at: int) -> JsonError:
        return JsonError(why, self.line(at), at - self.text.rfind("\n", 0, at))

    def space(self, at: int) -> int:
        """Return where the white space and the comments from here end."""
        while True:
            at = _SPACE.match(self.text, at).end()  # type: ignore[union-attr] # it matches nothing, too
            comment = _COMMENT.match(self.text, at)
            if comment is None:
                return at
            self.comments.append(self.line(at))
            at = comment.end()

    def value(self, at: int, path: Path, depth: int) -> tuple[object, int]:
        """Return the value that begins here, and where it ends."""
        if depth > DEEPEST:
            raise RecursionError
        self.lines[path] = self.line(at)
        match self.text[at : at + 1]:
            case "{":
                return self.mapping(at + 1, path, depth)
            case "[":
                return self.sequence(at + 1, path, depth)
            case '"':
                return self.string(at)
        scalar = _SCALAR.match(self.text, at)
        if scalar is None:
            why = "expected a value" if at < len(self.text) else "it ends where a value is expected"
            raise self.error(why, at)
        return self.scalar(scalar), scalar.end()

    def scalar(self, match: re.Match[str]) -> object:
        word = match[0]
        if word in _WORDS:
            return _WORDS[word]
        if match[1] or match[2]:
            return float(word)
        try:
            return int(word)
        except ValueError:  # more digits than Python turns into a number
            raise self.error("a number of this length cannot be read", match.start()) from None

    def string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as error:
            raise JsonError(error.msg.removesuffix(" at"), error.lineno, error.colno) from None
        return str(text), end

    def mapping(self, at: int, path: Path, depth: int) -> tuple[dict[str, object], int]:
        found: dict[str, object] = {}
        seen: dict[str, int] = {}
        at = self.space(at)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise self.error("expected a name in double quotes", at)
            line = self.line(at)
            name, end = self.string(at)
            if name in seen:
                self.repeated.append((name, line, seen[name]))
            seen.setdefault(name, line)
            colon = self.space(end)
            if self.text[colon : colon + 1] != ":":
                raise self.error("expected a colon", colon)
            found[name], end = self.value(self.space(colon + 1), (*path, name), depth + 1)
            at = self.after(end, "}")
        return found, at + 1

    def sequence(self, at: int, path: Path, depth: int) -> tuple[list[object], int]:
        found: list[object] = []
        at = self.space(at)
        while self.text[at : at + 1] != "]":
            value, end = self.value(at, (*path, len(found)), depth + 1)
            found.append(value)
            at = self.after(end, "]")
        return found, at + 1

    def after(self, at: int, closing: str) -> int:
        """Return where the next member begins, or where the closing bracket is."""
        at = self.space(at)
        char = self.text[at : at + 1]
        if char == closing:
            return at
        if char != ",":
            raise self.error(f"expected a comma or {closing}", at)
        behind = self.space(at + 1)
        if self.text[behind : behind + 1] == closing:
            self.commas.append(self.line(at))
        return behind
