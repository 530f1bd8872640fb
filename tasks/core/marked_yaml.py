"""Read a small YAML file that anybody may have written, with the line of every name in it.

Not ``yaml.safe_load``: that takes ``off`` for false and ``3.10`` for 3.1, keeps the last of two
equal names in silence, lets aliases multiply, and loses the lines that an error has to name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

LONGEST = 100_000
DEEPEST = 20
DIGITS = 19

Path = tuple[str | int, ...]
"""Where a value is: the names and positions that lead to it."""

_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "True": True, "false": False, "False": False}
_NOTHING = {"", "~", "null", "Null"}


class MarkedError(ValueError):
    """What cannot be read in a file, and on which line."""

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True, slots=True)
class Marked:
    """The values of a file, and the line of each, counted from 1."""

    values: dict[str, object] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)

    def known(self, path: Path) -> Path:
        """Return the longest part of this path that is written in the file."""
        ends = range(len(path), 0, -1)
        return next((path[:end] for end in ends if path[:end] in self.lines), ())

    def line(self, path: Path) -> int:
        """Return the line of this value, or of the nearest one around it."""
        return self.lines.get(self.known(path), 1)


def read_marked(text: str, texts: frozenset[str] = frozenset()) -> Marked:
    """Return the values and their lines; a name without a value is as if it were not there.

    ``texts`` are names whose values stay text though they look like numbers.

    Raises:
        MarkedError: it is not one short mapping in plain YAML.
    """
    if len(text) > LONGEST:
        raise MarkedError(f"longer than {LONGEST:,} characters")
    events = yaml.parse(text, Loader=yaml.BaseLoader)
    marked = Marked()
    try:
        kinds = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
        first = next(event for event in events if not isinstance(event, kinds))
        value: object = {}
        if not isinstance(first, yaml.StreamEndEvent):
            value = _value(first, events, (), marked.lines, texts) or {}
            next(events)  # the end of the document
            after = next(events)
            if not isinstance(after, yaml.StreamEndEvent):
                raise MarkedError("a second document begins here", _line(after))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "odd"
        position = getattr(error, "position", 0)
        line = mark.line + 1 if mark else text.count("\n", 0, position) + 1
        raise MarkedError(f"not YAML: {why}", line) from None
    if not isinstance(value, dict):
        raise MarkedError("expected names with values (name: value)", _line(first))
    return Marked(value, marked.lines)


def _value(
    event: yaml.Event,
    events: Iterator[yaml.Event],
    path: Path,
    lines: dict[Path, int],
    texts: frozenset[str],
) -> object:
    """Return the value that begins with this event."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise MarkedError("anchors and aliases (&, *) are not taken: write it out", _line(event))
    if getattr(event, "tag", None):
        raise MarkedError("tags (!) are not taken", _line(event))
    if len(path) > DEEPEST:
        raise MarkedError(f"nested deeper than {DEEPEST}", _line(event))
    if isinstance(event, yaml.ScalarEvent):
        plain = event.style is None and not (path and path[-1] in texts)
        return _plain(event.value) if plain else event.value
    if isinstance(event, yaml.MappingStartEvent):
        return dict(_items(events, path, lines, texts))
    return list(_members(events, path, lines, texts))


def _items(
    events: Iterator[yaml.Event], path: Path, lines: dict[Path, int], texts: frozenset[str]
) -> Iterator[tuple[str, object]]:
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent) or key.anchor or key.tag:
            raise MarkedError("expected a plain name", _line(key))
        here = (*path, key.value)
        if here in lines:
            raise MarkedError(f"{key.value!a} is there twice", _line(key))
        lines[here] = _line(key)
        value = _value(next(events), events, here, lines, texts)
        if value is not None:
            yield key.value, value


def _members(
    events: Iterator[yaml.Event], path: Path, lines: dict[Path, int], texts: frozenset[str]
) -> Iterator[object]:
    position = 0
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        lines[*path, position] = _line(event)
        yield _value(event, events, (*path, position), lines, texts)
        position += 1


def _plain(text: str) -> object:
    """Return what an unquoted word means."""
    if text in _NOTHING:
        return None
    if _INTEGER.fullmatch(text) and len(text) <= DIGITS:
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return _WORDS.get(text, text)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
