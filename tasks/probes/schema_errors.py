"""Say what a schema does not like: in our words, because the validator's own quote the file.

A password in the wrong place would otherwise be in a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import ValidationError
from jsonschema.exceptions import relevance

from tasks.probes.files import Item

Path = tuple[str | int, ...]

TYPES = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    type(None): "nothing",
}
WORDS = {
    "object": "a mapping", "array": "a list", "string": "a text", "boolean": "true or false",
    "null": "nothing", "number": "a number", "integer": "a whole number",
}  # fmt: skip
SHOWN = 8
"""How many names a message lists."""


def item(error: ValidationError, lines: Mapping[Path, int]) -> Item:
    """Return the innermost reason of an error, where it is and what it is."""
    inner = innermost(error)
    path = tuple(inner.absolute_path)
    unknown = _unknown(inner) if inner.validator == "additionalProperties" else []
    place = (*path, unknown[0]) if unknown else path
    at = next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), 1)
    where = "".join(f".{part}" if isinstance(part, str) else f"[{part}]" for part in path)
    say = MESSAGES.get(str(inner.validator), _other)
    message = f"{where.removeprefix('.')}: {say(inner)}" if where else say(inner)
    return {"line": at, "rule": str(inner.validator), "message": message}


def innermost(error: ValidationError) -> ValidationError:
    """Return the reason that is deepest in the file: there the author meant one of the forms.

    Where several forms want another word at that place, all their words are listed.
    """
    leaves = list(_leaves(error))
    depth = max(len(leaf.absolute_path) for leaf in leaves)
    deepest = [leaf for leaf in leaves if len(leaf.absolute_path) == depth]
    first = min(deepest, key=relevance, default=error)
    words = [
        word
        for leaf in deepest
        if leaf.absolute_path == first.absolute_path
        for word in _words(leaf)
    ]
    if not words or first.validator not in {"enum", "const"}:
        return first
    return ValidationError(
        "",
        validator="enum",
        path=first.absolute_path,
        validator_value=list(dict.fromkeys(words)),
        instance=first.instance,
        schema=first.schema,
    )


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for inner in error.context or []:
        yield from _leaves(inner)


def _words(error: ValidationError) -> list[str]:
    """Return the words an error would take."""
    wanted: Any = error.validator_value
    if error.validator == "const":
        return [str(wanted)]
    return [str(word) for word in wanted] if error.validator == "enum" else []


def _names(names: list[Any]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:SHOWN])
    return f"{shown}, ..." if len(names) > SHOWN else shown


def _unknown(error: ValidationError) -> list[str]:
    """Return the names of a mapping that its schema has not."""
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    names = error.instance if isinstance(error.instance, dict) else {}
    return [name for name in names if name not in known]


def _missing(error: ValidationError) -> str:
    there: Any = error.instance
    wanted: Any = error.validator_value
    return f"{_names([name for name in wanted if name not in there])} is missing"


def _wrong_type(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    expected = " or ".join(WORDS.get(kind, str(kind)) for kind in kinds)
    return f"expected {expected}, found {TYPES.get(type(error.instance), 'a number')}"


def _not_among(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    return f"expected one of {_names(list(wanted))}"


def _other(error: ValidationError) -> str:
    return f"not as its schema has it ({error.validator})"


MESSAGES: Mapping[str, Callable[[ValidationError], str]] = {
    "additionalProperties": lambda error: f"{_names(_unknown(error))} is not known here",
    "anyOf": lambda _: "it has none of the forms that are allowed here",
    "const": lambda error: f"expected {_names([error.validator_value])}",
    "enum": _not_among,
    "minItems": lambda _: "the list is too short",
    "minLength": lambda _: "the text is too short",
    "oneOf": lambda _: "it has none, or more than one, of the forms that are allowed here",
    "pattern": lambda _: "the text does not have the form that is expected here",
    "required": _missing,
    "type": _wrong_type,
    "uniqueItems": lambda _: "the list has something twice",
}
