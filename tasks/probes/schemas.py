"""Print where well-known configuration files are not as their schemas have them.

The schemas are those check-jsonschema brings. Its command names a place in the data and not in
the file, hangs on aliases that multiply, and fetches what a schema refers to.
"""

# mypy: disable-error-code="import-untyped"
# jsonschema-specifications has no type hints that mypy takes

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
import regress
import yaml
from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema_specifications import REGISTRY
from referencing.exceptions import Unresolvable

from tasks.probes.files import CannotLookError, Item, looked_at, marked_operands, tell, text_of
from tasks.probes.json_marks import JsonError, read_json
from tasks.probes.schema_errors import item
from tasks.probes.yaml_marks import Document, documents

MOST = 20
"""How many errors of one file are named."""


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text matches, by the rules of JavaScript: schemas are written for them."""
    return regress.Regex(pattern, flags="u").find(text) is not None


def _pattern(_: Validator, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:  # noqa: ANN401 - jsonschema's
    if isinstance(value, str) and not _matches(pattern, value):
        yield ValidationError("pattern")


def _pattern_properties(
    validator: Any,  # noqa: ANN401 - jsonschema's protocol has no descend
    patterns: Mapping[str, Any],
    value: Any,  # noqa: ANN401 - any JSON
    _: Any,  # noqa: ANN401 - the schema
) -> Iterator[ValidationError]:
    names = value if isinstance(value, dict) else {}
    for pattern, schema in patterns.items():
        for name in names:
            if _matches(pattern, name):
                yield from validator.descend(names[name], schema, path=name, schema_path=pattern)


@cache
def validator_of(name: str) -> Validator:
    """Return the validator of one of the schemas."""
    spec = importlib.util.find_spec(
        "check_jsonschema"
    )  # not imported: that takes a third of a second
    folders = (spec and spec.submodule_search_locations) or [""]
    schema = json.loads(Path(folders[0], "builtin_schemas", "vendor", f"{name}.json").read_bytes())
    rules = {"pattern": _pattern, "patternProperties": _pattern_properties}
    extend: Any = jsonschema.validators.extend
    kind = extend(jsonschema.validators.validator_for(schema), rules)
    made: Validator = kind(schema, registry=REGISTRY)  # a registry that fetches nothing
    return made


def document_of(path: str) -> Document | None:
    """Return what a file holds; None where a look at its syntax has to come first."""
    text = text_of(path)
    try:
        if path.endswith((".json", "rc")):
            marks = read_json(text)
            return Document(marks.value, 1, marks.lines)
        return next(documents(text), None)
    except (JsonError, yaml.YAMLError):
        return None  # data_syntax and yamllint say so, with the line


def look(path: str, name: str) -> Iterator[Item]:
    """Yield where one file is not as its schema, by its name, has it."""
    document = document_of(path)
    if document is None:
        return
    value: Any = document.value
    try:
        errors = validator_of(name).iter_errors(value)
        said = (item(error, document.lines) for error in errors if meant(error, document))
        yield from unique(islice(said, MOST))
    except (regress.RegressError, Unresolvable):
        raise CannotLookError(f"the schema {name} cannot be used") from None


def unique(items: Iterable[Item]) -> list[Item]:
    """Return the items, each once: of two missing names each error names both."""
    return list({json.dumps(item): item for item in items}.values())


def meant(error: ValidationError, document: Document) -> bool:
    """Return whether an error is about what is written, and not about what a tag makes of it."""
    path = tuple(error.absolute_path)
    return not any(
        tagged[: len(path)] == path or path[: len(tagged)] == tagged for tagged in document.tagged
    )


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    names = marked_operands(arguments)
    tell(looked_at(names, lambda path: look(path, names[path])))


if __name__ == "__main__":
    main(sys.argv)
