"""Take from a long description of an API the few operations that somebody needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TEXT = frozenset(
    {"description", "summary", "externalDocs", "tags", "title", "example", "examples", "x-github"}
)
"""What people read in a description, and no check needs."""


def prune(whole: dict[str, Any], operations: tuple[str, ...]) -> dict[str, Any]:
    """Return a description with nothing in it but some operations and what they refer to."""
    paths: dict[str, Any] = {}
    for known in operations:
        method, path = known.split()
        paths.setdefault(path, {})[method.lower()] = _bare(whole["paths"][path][method.lower()])
    wanted: dict[str, dict[str, Any]] = {}
    waiting = list(_references(paths))
    while waiting:
        _, _, sort, name = waiting.pop().split("/")
        if name not in wanted.setdefault(sort, {}):
            wanted[sort][name] = _bare(whole["components"][sort][name])
            waiting += _references(wanted[sort][name])
    return {"openapi": whole["openapi"], "paths": paths, "components": wanted}


def _bare(value: Any) -> Any:
    """Return a part of a description without its text; a property may be called anything."""
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {key: inner for key, inner in value.items() if key not in TEXT}
    properties = kept.pop("properties", {})
    bare = {key: _bare(inner) for key, inner in kept.items()}
    if properties:
        bare["properties"] = {name: _bare(inner) for name, inner in properties.items()}
    return bare


def _references(value: Any) -> Iterator[str]:
    """Yield what a part of a description refers to."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for part in inner:
            yield from _references(part)
