"""A validator for the schemas of an OpenAPI 3.0 description, which are not quite JSON Schema.

What differs is in https://spec.openapis.org/oas/v3.0.3#schema-object: `nullable`, and nothing
beside a `$ref`. Objects whose properties are named have no others here, although the description
does not forbid it: so a misspelt field is found, of ours and of the stand-in's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

FORMATS = FormatChecker(formats=())
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@FORMATS.checks("date-time")
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or INSTANT.fullmatch(value) is not None


def _unless_null(keyword: str) -> Any:
    """Return a keyword of JSON Schema as OpenAPI has it: `nullable` lets null through."""
    plain = Draft202012Validator.VALIDATORS[keyword]

    def check(
        validator: Any, rule: Any, value: Any, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        if value is not None or not schema.get("nullable"):
            yield from plain(validator, rule, value, schema) or ()

    return check


# The forms of a `oneOf` overlap in GitHub's description: one that fits is enough.
OpenApiValidator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {keyword: _unless_null(keyword) for keyword in ("type", "enum", "anyOf", "allOf")}
    | {"oneOf": _unless_null("anyOf")},
)


def resolve(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description with every reference replaced by what it refers to, and closed objects.

    What is referred to twice is there once: the result is to be read, not written down.
    """
    done: dict[str, Any] = {}

    def visit(value: Any) -> Any:
        if isinstance(value, list):
            return [visit(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            if reference not in done:
                done[reference] = {}
                done[reference].update(visit(at(description, reference)))
            return done[reference]
        new = {key: visit(inner) for key, inner in value.items()}
        if isinstance(value.get("properties"), dict) and value.get("type", "object") == "object":
            new.setdefault("additionalProperties", False)
        return new

    resolved: dict[str, Any] = visit(description)
    return resolved


def at(description: Mapping[str, Any], reference: str) -> Any:
    """Return what a reference refers to."""
    value: Any = description
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return value


def violations(schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """Yield where a value is not what a schema says, as `$.user.login: ...`."""
    for error in OpenApiValidator(schema, format_checker=FORMATS).iter_errors(value):
        deepest = best_match([error]) or error
        yield f"{deepest.json_path}: {_short(deepest.message)}"


def _short(message: str, most: int = 300) -> str:
    return message if len(message) <= most else f"{message[: most - 1]}…"
