"""What GitHub's description says of webhooks: their schemas, and payloads made from these."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fake_github import descriptions
from tests.fake_github.schemas import at, resolve, violations

Schema = Mapping[str, Any]

PLAIN: Mapping[str, object] = {
    "string": "x",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
}
BY_FORMAT: Mapping[str, object] = {
    "date-time": "2026-03-01T12:00:00Z",
    "uri": "https://example.org/x",
    "uri-template": "https://example.org/x{/y}",
    "email": "ada@example.org",
}
BY_NAME: Mapping[str, object] = {
    "full_name": "acme/shop",
    "sha": "a" * 40,
    "head_sha": "a" * 40,
}
"""What the description calls a string, and is more."""


@functools.cache
def schemas() -> Mapping[tuple[str, str], Schema]:
    """Return what every webhook's payload shall be, by event and action ("" where it has none).

    Raises:
        descriptions.UnobtainableError: the description is not here and cannot be fetched.
    """
    whole = descriptions.webhooks()
    known = resolve(_merged(whole, whole))
    found = {}
    for webhook in known["webhooks"].values():
        event = webhook["post"]["operationId"].partition("/")[0].replace("-", "_")
        schema = webhook["post"]["requestBody"]["content"]["application/json"]["schema"]
        for one in schema.get("oneOf", [schema]):
            for action in one.get("properties", {}).get("action", {}).get("enum", [""]):
                found[event, action] = schema
    return found


def wrong_with(event: str, payload: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a payload is not what GitHub describes of this event."""
    action = payload.get("action", "")
    schema = schemas().get((event, action)) or schemas().get((event, ""))  # or any action
    if schema is None:
        yield f"webhook {event} {action}: not described"
    else:
        for wrong in violations(schema, payload):
            yield f"webhook {event} {action}: {wrong}"


def made(schema: Schema, *, whole: bool, name: str = "") -> Any:
    """Return a value that a schema allows: with all it may have, or no more than it must."""
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return made(schema[several][0], whole=whole, name=name)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0 if whole else -1]
    if kind == "object":
        known = schema.get("properties", {})
        wanted = known if whole else schema.get("required", ())
        return {one: made(known.get(one, {}), whole=whole, name=one) for one in wanted}
    if kind == "array":
        return [made(schema["items"], whole=True)] if whole and "items" in schema else []
    if kind == "string":
        return BY_NAME.get(name) or BY_FORMAT.get(schema.get("format", ""), PLAIN[kind])
    return PLAIN[kind]


def _merged(value: Any, description: Schema) -> Any:
    """Return a part of the description where what is said of one object in parts is one part.

    Each of these alone would be a closed object without the others' properties.
    """
    if isinstance(value, list):
        return [_merged(inner, description) for inner in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("allOf"), list):
        value = _one(value["allOf"], description)
    return {key: _merged(inner, description) for key, inner in value.items()}


def _one(parts: list[Any], description: Schema) -> dict[str, Any]:
    """Return several parts as one: the first is the whole thing, the others say more of it."""
    whole: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in parts:
        known = at(description, part["$ref"]) if "$ref" in part else part
        if "allOf" in known:
            known = _one(known["allOf"], description)
        whole["properties"] = known.get("properties", {}) | whole["properties"]
        whole["required"] += known.get("required", ())
    return whole
