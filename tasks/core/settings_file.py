"""Read somebody's settings into a model, and say every mistake so that they can mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.core.marked_yaml import Marked, MarkedError, Path, read_marked

EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "names with values",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "model_type": "names with values",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What people call what pydantic wanted, by the type of its error."""

WIDTH = 60
"""So many characters are shown of what was written instead."""

Model = TypeVar("Model", bound=BaseModel)


class SettingsError(ValueError):
    """Settings that cannot be followed: ``file:line: what was expected``."""


def read_settings(
    text: str, where: str, model: type[Model], *, texts: frozenset[str] = frozenset()
) -> tuple[Model, Marked]:
    """Return the settings in this YAML and where each of them stands.

    ``texts`` are names whose values stay text though they look like numbers.

    Raises:
        SettingsError: the first mistake in the file, and how many more there are.
    """
    try:
        marked = read_marked(text, texts)
    except MarkedError as error:
        raise SettingsError(f"{where}:{error.line}: {error}") from None
    try:
        return model.model_validate(marked.values), marked
    except ValidationError as error:
        wrong: dict[Path, list[ErrorDetails]] = {}
        for item in error.errors():
            wrong.setdefault(marked.known(tuple(item["loc"])), []).append(item)
        place = min(wrong, key=marked.line)
        problem = _problem(place, wrong[place], model)
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise SettingsError(f"{where}:{marked.line(place)}: {problem}{more}") from None


def unknown(name: object, known: Collection[str]) -> str:
    """Say that nobody knows this name, and which one may be meant."""
    near = get_close_matches(str(name), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(sorted(known))}"
    return f"unknown name {_short(name)}; {hint}"


def _problem(place: Path, items: Sequence[ErrorDetails], model: type[BaseModel]) -> str:
    """Say what is wrong at one place; a union has as many errors as members."""
    if items[0]["type"] == "extra_forbidden":
        return unknown(place[-1], _names_at(place[:-1], model))
    words = [EXPECTED.get(item["type"]) or item["msg"] for item in items]
    for prefix in ("Value error, ", "Input should be ", "expected "):
        words = [word.removeprefix(prefix) for word in words]
    expected = " or ".join(dict.fromkeys(words))
    name = ".".join(str(part) for part in place)
    return f"{_short(name)}: expected {expected}, not {_short(items[-1]['input'])}"


def _short(value: object) -> str:
    """Return it as one short line of plain characters, whatever it is."""
    shown = ascii(value)
    return shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 3]}..."


def _names_at(place: Path, model: type[BaseModel]) -> Collection[str]:
    """Return the names that the model knows at this place."""
    for part in place:
        field = model.model_fields.get(str(part))
        if field:
            model = next(_models(field.annotation), model)
    return model.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - what typing gives
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
