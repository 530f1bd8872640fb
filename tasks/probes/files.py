"""Let a function look at files one by one, so that a bad file costs only itself, and print it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

Item = dict[str, Any]
"""One remark: ``line``, ``rule``, ``message``, and ``column`` where it is known."""


class CannotLookError(Exception):
    """A file cannot be looked at; its text says why, without quoting the file."""


def operands(arguments: Sequence[str]) -> list[str]:
    """Return what stands behind ``--``."""
    return list(arguments[arguments.index("--") + 1 :])


def marked_operands(arguments: Sequence[str]) -> dict[str, str]:
    """Return what stands behind ``--`` two by two: files, and a word on each in front of it."""
    flat = operands(arguments)
    return dict(zip(flat[1::2], flat[::2], strict=True))


def text_of(path: str) -> str:
    """Return a file's text with Unix line breaks and without a byte-order mark.

    Raises:
        CannotLookError: it is not UTF-8.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotLookError("it is not UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def looked_at(paths: Iterable[str], look: Callable[[str], Iterable[Item]]) -> list[Item]:
    """Return what ``look`` says about each file, and a ``gap`` where it cannot."""
    said: list[Item] = []
    for path in paths:
        try:
            said += [{"path": path, **item} for item in list(look(path))]
        except CannotLookError as error:
            said.append({"path": path, "gap": str(error)})
        except RecursionError:
            said.append({"path": path, "gap": "it is nested too deep"})
        except MemoryError:
            said.append({"path": path, "gap": "it needs more memory than there is"})
    return said


def tell(said: Iterable[Item]) -> None:
    """Print the answer of a probe."""
    json.dump(list(said), sys.stdout)
