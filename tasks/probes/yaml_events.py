"""Read YAML as events by libyaml: fast, without building anything an alias could multiply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tasks.probes.files import CannotLookError, Item

DEEPEST = 100
"""Nesting that no configuration needs; slower readers take time by its square."""


def problems(text: str) -> Iterator[Item]:
    """Yield the names that are there twice and, at the end, what cannot be read.

    Raises:
        CannotLookError: it is nested too deep for the readers behind us.
    """
    names: list[dict[str, int] | None] = []  # of each open mapping; None for a sequence
    awaiting: list[bool] = []  # whether the next node of it is a name
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionEndEvent):
                names.pop()
                awaiting.pop()
            elif isinstance(event, yaml.NodeEvent):
                if names and awaiting[-1]:
                    yield from _repeated(event, names[-1])
                if awaiting:
                    awaiting[-1] = names[-1] is not None and not awaiting[-1]
                if isinstance(event, yaml.CollectionStartEvent):
                    mapping = isinstance(event, yaml.MappingStartEvent)
                    names.append({} if mapping else None)
                    awaiting.append(mapping)
                    if len(names) > DEEPEST:
                        raise CannotLookError("it is nested too deep")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {"line": 1}
        yield {**place, "rule": "syntax", "message": error.problem or "it cannot be read"}
    except yaml.reader.ReaderError as error:
        yield odd_character(text, error)


def odd_character(text: str, error: yaml.reader.ReaderError) -> Item:
    """Say where a character stands that YAML does not allow."""
    line = text.count("\n", 0, error.position) + 1
    return {"line": line, "rule": "syntax", "message": "a character that YAML does not allow"}


def _repeated(event: Any, seen: dict[str, int] | None) -> Iterator[Item]:  # noqa: ANN401 - PyYAML's
    if isinstance(event, yaml.ScalarEvent) and seen is not None and event.value != "<<":
        mark: Any = event.start_mark
        line = mark.line + 1
        if event.value in seen:
            message = f'duplication of key "{event.value}" in mapping'
            yield {"line": line, "rule": "key-duplicates", "message": message}
        seen[event.value] = line
