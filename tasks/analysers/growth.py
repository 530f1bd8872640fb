"""Compare the functions of a file with those of its base, and tell which have grown too much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.core.finding import Severity

MUCH = 1.2
"""Times what it was, from which on a function that was over the limit has become much worse."""

DEFINITION = re.compile(r"(\s*)(async\s+def|def|class)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Function:
    """One function and its number; lines count from 1, both included."""

    name: str
    line: int
    end_line: int
    number: int


def too_complex(
    head: Sequence[Function], base: Sequence[Function], limit: int
) -> Iterator[tuple[Function, int | None]]:
    """Yield each function above the limit that has grown or is new, and its number at the base."""
    before = _keyed(base)
    now = _keyed(head)
    gone = [function for key, function in before.items() if key not in now]
    for key, function in now.items():
        if function.number <= limit:
            continue
        old = before.get(key) or _moved(function, gone)
        if old is None:
            yield function, None
        elif function.number > old.number:
            yield function, old.number


def severity(function: Function, before: int | None, limit: int) -> Severity:
    """Return how bad it is: one branch more in what was too complex already is worth a word."""
    if before is None or before <= limit or function.number >= MUCH * before:
        return Severity.WARNING
    return Severity.INFO


def message(what: str, function: Function, before: int | None, limit: int) -> str:
    """Say how complex a function has become."""
    was = "it is new" if before is None else f"it was {before}"
    now = f"`{function.name}` has a {what} complexity of {function.number}"
    return f"{now}; {was}, the limit is {limit}"


def _keyed(functions: Sequence[Function]) -> dict[tuple[str, int], Function]:
    """Return them by name, and by which of that name they are: an overload, a setter."""
    seen: Counter[str] = Counter()
    keyed = {}
    for function in functions:
        keyed[function.name, seen[function.name]] = function
        seen[function.name] += 1
    return keyed


def _moved(function: Function, gone: list[Function]) -> Function | None:
    """Return the function of the base that went to another class or got another name."""
    last = function.name.rpartition(".")[2]
    for old in gone:
        if old.name.rpartition(".")[2] == last or old.number == function.number:
            gone.remove(old)
            return old
    return None


def outline(text: str) -> dict[int, tuple[str, int]]:
    """Return the functions of a text by their line: the name with its classes, the last line.

    By indentation alone: for text that is not to be parsed in this process. A string
    that looks like code costs no more than a name or an end that is a little off.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: dict[int, tuple[str, int]] = {}
    above: list[tuple[int, str, int, bool]] = []  # indent, name, line, is a function
    last = 0

    def close(indent: int) -> None:
        while above and above[-1][0] >= indent:
            _, name, line, function = above.pop()
            if function:
                found[line] = (name, last)

    for number, line in enumerate(lines, 1):
        code = line.lstrip()
        if not code or code[0] in "#)]}":
            continue
        indent = len(line) - len(code)
        close(indent)
        last = number
        if match := DEFINITION.match(line):
            name = f"{above[-1][1]}.{match[3]}" if above else match[3]
            above.append((indent, name, number, match[2] != "class"))
    close(0)
    return found
