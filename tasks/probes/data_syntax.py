"""Print what no reader takes in JSON, TOML and INI files, and what is there twice."""

from __future__ import annotations

import configparser
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence

from tasks.probes.files import CannotLookError, Item, looked_at, marked_operands, tell, text_of
from tasks.probes.json_marks import JsonError, Marks, read_json

MOST = 20
"""How many repeated names of one INI file are looked for: each costs a reading."""


def look(path: str, kind: str) -> Iterator[Item]:
    """Yield what is wrong with one file: json, jsonc, toml, ini, or cfg for INI of any dialect."""
    text = text_of(path)
    if kind == "toml":
        yield from look_at_toml(text)
    elif kind in {"ini", "cfg"}:
        yield from look_at_ini(text, strict=kind == "ini")
    else:
        yield from look_at_json(text, comments=kind == "jsonc")


def look_at_json(text: str, *, comments: bool) -> Iterator[Item]:
    """Yield what is wrong with JSON."""
    if not text.strip():
        yield {"line": 1, "rule": "json-empty", "message": "an empty file is not JSON"}
        return
    try:
        marks = read_json(text)
    except JsonError as error:
        place = {"line": error.line, "column": error.column}
        yield {**place, "rule": "json", "message": f"not JSON: {error.why}"}
        return
    yield from _repeated(marks)
    if not comments:
        yield from _unknown(marks)


def _repeated(marks: Marks) -> Iterator[Item]:
    for name, line, first in marks.repeated:
        message = f"{name!r} is given twice (first in line {first}); the first is ignored"
        yield {"line": line, "rule": "json-duplicate", "message": message}


def _unknown(marks: Marks) -> Iterator[Item]:
    """Yield the first comment and the first trailing comma."""
    for lines, what in ((marks.comments, "comments"), (marks.commas, "trailing commas")):
        if lines:
            message = f"JSON knows no {what}; a strict reader refuses this file"
            yield {"line": lines[0], "rule": f"json-{what.split()[-1]}", "message": message}


_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def look_at_toml(text: str) -> Iterator[Item]:
    """Yield what keeps TOML from being read: there it ends."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        why = str(error)
        place = _TOML_PLACE.search(why)
        lines = text.count("\n") + 1  # "at end of document"
        at = {"line": int(place[1]), "column": int(place[2])} if place else {"line": lines}
        yield {**at, "rule": "toml", "message": f"not TOML: {_TOML_PLACE.sub('', why)}"}
    except ValueError:  # a number of more digits than Python takes, a date there is none of
        raise CannotLookError("a value in it cannot be read") from None


def look_at_ini(text: str, *, strict: bool) -> Iterator[Item]:
    """Yield names that are there twice and, where ``strict``, what cannot be read at all."""
    lines = text.split("\n")
    for _ in range(MOST):
        parser = configparser.RawConfigParser(allow_no_value=True, strict=True)
        try:
            parser.read_string("\n".join(lines))
        except configparser.DuplicateOptionError as error:
            line = error.lineno or 1
            what = f"{error.option!r} is given twice in [{error.section}]"
            yield {"line": line, "rule": "ini-duplicate", "message": what}
            lines[line - 1] = ""
        except configparser.DuplicateSectionError as error:
            line = error.lineno or 1
            what = f"section [{error.section}] is there twice"
            yield {"line": line, "rule": "ini-duplicate", "message": what}
            lines[line - 1] = f"[{error.section}#{line}]"
        except configparser.MissingSectionHeaderError as error:
            yield from _unless(not strict, error.lineno, "a setting stands before any [section]")
            return
        except configparser.ParsingError as error:
            yield from _unless(not strict, error.errors[0][0], "this line cannot be read")
            return
        else:
            return


def _unless(silent: bool, line: int, why: str) -> Iterator[Item]:  # noqa: FBT001 - private
    if not silent:
        yield {"line": line, "rule": "ini", "message": f"not INI: {why}"}


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    kinds = marked_operands(arguments)
    tell(looked_at(kinds, lambda path: look(path, kinds[path])))


if __name__ == "__main__":
    main(sys.argv)
