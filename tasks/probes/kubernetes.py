"""Print which Kubernetes objects are not as the API has them; other YAML is passed over."""

# mypy: disable-error-code="import-untyped"
# kubernetes-validate has no type hints that mypy takes

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

import yaml
from jsonschema import ValidationError
from kubernetes_validate import latest_version, validate
from kubernetes_validate.utils import SchemaNotFoundError, VersionNotSupportedError

from tasks.probes.files import CannotLookError, Item, looked_at, operands, tell, text_of
from tasks.probes.schema_errors import item
from tasks.probes.yaml_marks import Document, documents

_NAMES = {"apiVersion": r"[a-z0-9.-]+(/[a-z0-9]+)?", "kind": r"[A-Za-z0-9]+"}
"""What the names of a schema are made of: they become a part of a file's name."""


def objects(text: str) -> Iterator[Document]:
    """Yield the documents that are Kubernetes objects, as long as the file can be read."""
    try:
        for document in documents(text):
            value = document.value
            names = value if isinstance(value, dict) else {}
            if all(re.fullmatch(form, str(names.get(key, ""))) for key, form in _NAMES.items()):
                yield document
    except yaml.YAMLError:
        return  # yamllint says so, with the line


def look(path: str, version: str) -> Iterator[Item]:
    """Yield the first thing wrong with each object of one file."""
    for document in objects(text_of(path)):
        try:
            validate(document.value, version, strict=True)
        except SchemaNotFoundError:
            continue  # a resource the cluster was taught by somebody
        except (VersionNotSupportedError, IndexError):
            raise CannotLookError(f"there are no schemas of Kubernetes {version}") from None
        except ValidationError as error:
            yield item(error, document.lines)


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files, for the version the first argument names, or the latest."""
    version = arguments[1] if arguments[1] != "--" else latest_version()
    tell(looked_at(operands(arguments), lambda path: look(path, version)))


if __name__ == "__main__":
    main(sys.argv)
