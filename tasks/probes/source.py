"""Look at Python files one by one, so that one that cannot be read costs no other its answer."""

from __future__ import annotations

import ast
import json
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Item = dict[str, Any]

UNREADABLE = (OSError, SyntaxError, ValueError)
"""What reading or parsing a hostile file raises."""

TOO_DEEP = (RecursionError, MemoryError)
"""What CPython's parser and every visitor raise on a term nested some thousand deep."""


class EncodingError(ValueError):
    """A file is not text in the encoding it declares, or in UTF-8."""


class NotPythonError(Exception):
    """A file no version of Python reads: that is for ruff to say, once."""


def files(arguments: Sequence[str]) -> list[str]:
    """Return what stands behind ``--``."""
    return list(arguments[arguments.index("--") + 1 :])


def pairs(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Return what stands behind ``--`` two by two: a head's file and its base, or nothing."""
    flat = files(arguments)
    return list(zip(flat[::2], flat[1::2], strict=True))


def text_of(path: str) -> str:
    """Return a file's text in the encoding it declares, with one kind of line break.

    Raises:
        EncodingError: it is not in that encoding, or nobody knows it.
    """
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise EncodingError from error


def tree_of(path: str) -> ast.Module:
    """Return a file's syntax tree, as the Python that runs this reads it.

    Raises:
        NotPythonError: neither this nor any newer Python reads it.
    """
    text = text_of(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        if is_broken(text):
            raise NotPythonError from error
        raise


def is_broken(text: str) -> bool:
    """Return whether a parser of the newest Python cannot read it either."""
    import complexipy

    try:
        complexipy.code_complexity(text, no_ignore=True, with_plans=False)
    except Exception:  # noqa: BLE001 - it raises a plain Exception for a syntax error
        return True
    return False


def why(error: BaseException) -> str:
    """Say why a file could not be looked at, in one line."""
    if isinstance(error, TOO_DEEP):
        return "it is nested too deep"
    if isinstance(error, EncodingError):
        return "it is not text in the encoding it declares"
    if isinstance(error, SyntaxError):
        ours = ".".join(map(str, sys.version_info[:2]))
        return f"Python {ours} cannot parse it (line {error.lineno or 0}: {error.msg})"
    if isinstance(error, OSError):
        return f"it cannot be read ({error.strerror})"
    return f"it cannot be read ({type(error).__name__})"


def answer(paths: Iterable[str], look: Callable[[str], Iterable[Item]]) -> None:
    """Print what ``look`` says about each file as one JSON list; a gap where it cannot."""
    said: list[Item] = []
    for path in paths:
        try:
            said += [{**item, "path": path} for item in look(path)]
        except NotPythonError:
            continue
        except (*UNREADABLE, *TOO_DEEP) as error:
            said.append({"path": path, "gap": why(error)})
    json.dump(said, sys.stdout)
