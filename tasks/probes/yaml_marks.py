"""Read YAML's values with the line of each, as YAML 1.2 has it, and without being blown up.

Aliases share what they stand for, and what they would come to if written out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tasks.probes.files import CannotLookError

MOST = 200_000
"""Values of a file, with every alias counted as what it stands for."""

DEEPEST = 100

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]{1,19}")
_OTHER_INTEGER = re.compile(r"0o[0-7]{1,19}|0x[0-9a-fA-F]{1,16}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its value, the line of each part, and where a tag makes it something else."""

    value: object
    line: int
    lines: dict[Path, int] = field(default_factory=dict)
    tagged: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Node:
    value: object
    size: int = 1


def documents(text: str) -> Iterator[Document]:
    """Yield the documents of a file.

    Raises:
        CannotLookError: it is nested too deep, or its aliases multiply.
        yaml.YAMLError: it is not YAML.
    """
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    reader = _Reader(events)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield reader.document()


class _Reader:
    """The events of a file, and the anchors seen so far."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, _Node] = {}
        self.lines: dict[Path, int] = {}
        self.tagged: list[Path] = []

    def document(self) -> Document:
        self.anchors, self.lines, self.tagged = {}, {}, []
        event = next(self.events)
        node = self.node(event, ())
        return Document(node.value, _line(event), self.lines, self.tagged)

    def node(self, event: Any, path: Path) -> _Node:  # noqa: ANN401 - PyYAML's events have no common type
        if len(path) > DEEPEST:
            raise CannotLookError("it is nested too deep")
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise CannotLookError("an alias in it stands for nothing, or for itself")
            return self.anchors[event.anchor]
        if event.tag and event.tag.startswith("!") and len(event.tag) > 1:
            self.tagged.append(path)
        if isinstance(event, yaml.MappingStartEvent):
            node = self.mapping(path)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(path)
        else:
            node = _Node(_plain(event.value) if event.implicit[0] else event.value)
        if node.size > MOST:
            raise CannotLookError("it comes to too many values, written out")
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def mapping(self, path: Path) -> _Node:
        found: dict[str, object] = {}
        merged: list[dict[str, object]] = []
        size = 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.name(event, path)
            self.lines[*path, name] = _line(event)
            value = self.node(next(self.events), (*path, name))
            size += value.size
            if name == "<<":
                parts = value.value if isinstance(value.value, list) else [value.value]
                merged += [part for part in parts if isinstance(part, dict)]
            else:
                found[name] = value.value
        for part in merged:
            found = {**part, **found}
        return _Node(found, size)

    def name(self, event: Any, path: Path) -> str:  # noqa: ANN401 - see above
        """Return a name as a text; JSON has no others."""
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self.anchors[event.anchor] = _Node(event.value)
            return str(event.value)
        return str(self.node(event, (*path, "?")).value)

    def sequence(self, path: Path) -> _Node:
        found: list[object] = []
        size = 1
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            value = self.node(event, (*path, len(found)))
            size += value.size
            found.append(value.value)
        return _Node(found, size)


def _plain(text: str) -> object:
    """Return what an unquoted word means in YAML 1.2: ``on`` and ``1_000`` stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_INTEGER.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    return float(text) if _NUMBER.fullmatch(text) else text


def _line(event: Any) -> int:  # noqa: ANN401 - see above
    return int(event.start_mark.line) + 1
