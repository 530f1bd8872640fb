"""What a repository had before anybody looked: the findings that it is not asked to mend today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from tasks.core.dismissal import Dismissal, Scope, matching
from tasks.core.finding import Finding
from tasks.core.fingerprint import DIGITS

BASELINE = ".review-baseline.json"
"""Where a repository keeps it: in its root, and it counts as it is in the base."""

VERSION = 1

Mark = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{DIGITS}}}$")]


class BaselineError(ValueError):
    """A baseline that cannot be read: ``file:line``, and what was expected there."""


class Entry(BaseModel):
    """One finding, as it is known again; nothing of the source, and nothing that was said."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: str
    rule: str
    fingerprint: Mark
    line_fingerprint: Mark | Literal[""] = ""


ORDER = attrgetter("path", "rule", "fingerprint", "line_fingerprint")


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a baseline: how many findings are new, and how many are gone."""

    new: int
    gone: int


def entries_of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """Return the findings as a baseline has them: each once, by path and rule."""
    entries = {
        finding.fingerprint: Entry(
            path=finding.path,
            rule=finding.rule,
            fingerprint=finding.fingerprint,
            line_fingerprint=finding.line_fingerprint,
        )
        for finding in findings
    }
    return tuple(sorted(entries.values(), key=ORDER))


def write_baseline(entries: Sequence[Entry]) -> str:
    """Return the text of a baseline: plain ASCII, and one entry a line, so that diffs are short."""
    rows = ",\n".join(f"  {json.dumps(entry.model_dump())}" for entry in entries)
    return f'{{\n"version": {VERSION},\n"entries": [\n{rows}\n]\n}}\n'


def read_baseline(text: str, where: str = BASELINE) -> tuple[Entry, ...]:
    """Return what a baseline holds; ``where`` is what people call the file.

    Raises:
        BaselineError: the first mistake in it, and where that is.
    """
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise BaselineError(f"{where}:{error.lineno}: not JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number without end, a list in a list in a list
        raise BaselineError(f"{where}:1: not a baseline, and too large to be read") from None
    if not isinstance(values, dict) or set(values) != {"version", "entries"}:
        raise BaselineError(f"{where}:1: expected `version` and `entries`, and nothing else")
    if type(values["version"]) is not int or values["version"] != VERSION:  # True is 1, too
        raise BaselineError(
            f"{where}:1: version {json.dumps(values['version'])[:20]} is not known here; "
            "write it anew with `review baseline`"
        )
    if not isinstance(values["entries"], list):
        raise BaselineError(f"{where}:1: expected a list of entries")
    entries: list[Entry] = []
    for number, value in enumerate(values["entries"]):
        try:
            entries.append(Entry.model_validate(value))
        except ValidationError as error:
            line = _line_of(text, number)
            raise BaselineError(f"{where}:{line}: {_problem(error)}") from None
    return tuple(entries)


def _problem(error: ValidationError) -> str:
    """Say what is wrong with an entry, without a word of what stands there."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return f"unknown name {name[:40]!a}; an entry has {', '.join(Entry.model_fields)}"
    if first["type"] == "missing":
        return f"an entry without `{name}`"
    if name in {"fingerprint", "line_fingerprint"}:
        return f"{name}: expected {DIGITS} digits from 0 to f"
    return f"{name}: expected text" if name else "expected an entry"


def _line_of(text: str, number: int) -> int:
    """Return the line, counted from 1, on which the entry of this number begins.

    The text is a baseline but for what is in its entries.
    """
    decoder = json.JSONDecoder()
    at = text.find("[", max(0, text.find('"entries"'))) + 1
    for _ in range(number):
        _, at = decoder.raw_decode(text, _next(text, at))
    return text.count("\n", 0, _next(text, at)) + 1


def _next(text: str, at: int) -> int:
    """Return where the next entry begins: behind blanks and the comma after the last."""
    while text[at] in " \t\r\n,":
        at += 1
    return at


def known_before(entries: Iterable[Entry]) -> tuple[Dismissal, ...]:
    """Return the entries as what they are to a verdict: dismissed, by nobody in particular."""
    return tuple(
        Dismissal(**entry.model_dump(), scope=Scope.BASELINE, why="known before")
        for entry in entries
    )


def difference(findings: Iterable[Finding], before: Sequence[Entry]) -> Difference:
    """Return how many of the findings the baseline does not know, and how many it had more."""
    now = list({finding.fingerprint: finding for finding in findings}.values())
    met = [said.fingerprint for said in matching(now, known_before(before)) if said]
    had = {entry.fingerprint for entry in before}
    return Difference(new=len(now) - len(met), gone=len(had - set(met)))
