"""Print the cognitive complexity of every function of Python files, by complexipy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import complexipy

from tasks.probes.source import Item, NotPythonError, answer, files, text_of


def look(path: str) -> Iterator[Item]:
    """Yield the functions of one file, as ``Class.method``."""
    text = text_of(path)
    try:
        result = complexipy.code_complexity(text, no_ignore=True, with_plans=False)
    except Exception as error:  # a plain Exception: there is nothing narrower to catch
        raise NotPythonError from error
    for function in result.functions:
        yield {
            "name": function.name.replace("::", "."),
            "line": function.line_start,
            "end_line": function.line_end,
            "number": function.complexity,
        }


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    answer(files(arguments), look)


if __name__ == "__main__":
    main(sys.argv)
