"""What was found out about an installation: each thing green, or what to do about it."""

from __future__ import annotations

import enum
import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tasks.core.render.escape import one_line

WIDTH = 100
"""Characters of a line; what is longer goes on below."""


class Health(enum.StrEnum):
    """How something is. Only what is broken makes the doctor's answer no."""

    GOOD = "ok"
    POOR = "poor"
    BROKEN = "broken"
    UNSEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was seen, and, where it is not good, what to do."""

    what: str
    health: Health
    seen: str
    todo: str = ""


def good(what: str, seen: str) -> Check:
    """Return that something is as it should be."""
    return Check(what, Health.GOOD, seen)


def poor(what: str, seen: str, todo: str) -> Check:
    """Return that something works, and not as well as it could."""
    return Check(what, Health.POOR, seen, todo)


def broken(what: str, seen: str, todo: str) -> Check:
    """Return that something does not work."""
    return Check(what, Health.BROKEN, seen, todo)


def unseen(what: str, why: str) -> Check:
    """Return that something could not be looked at, for a reason that has its own line."""
    return Check(what, Health.UNSEEN, why)


def works(checks: Sequence[Check]) -> bool:
    """Return whether nothing is broken; what could not be seen has a broken reason beside it."""
    return all(check.health is not Health.BROKEN for check in checks)


def summary(checks: Sequence[Check]) -> str:
    """Return the answer in one line."""
    counts = {health: sum(check.health is health for check in checks) for health in Health}
    if not counts[Health.BROKEN] and not counts[Health.POOR]:
        return "everything is as it should be"
    told = [f"{counts[health]} {health.value}" for health in Health if counts[health]]
    return ", ".join(told)


def as_text(checks: Sequence[Check]) -> str:
    """Return a line for each, what to do below it, and the answer."""
    names = max((len(check.what) for check in checks), default=0)
    states = max(len(health.value) for health in Health)
    indent = " " * (states + names + 4)
    lines: list[str] = []
    for check in checks:
        first = f"{check.health.value:<{states}}  {check.what:<{names}}  "
        lines += _wrapped(first, indent, check.seen)
        if check.todo:
            lines += _wrapped(f"{indent}-> ", f"{indent}   ", check.todo)
    return "\n".join([*lines, "", summary(checks), ""])


def as_json(checks: Sequence[Check]) -> str:
    """Return the same for programs."""
    told = {"works": works(checks), "checks": [asdict(check) for check in checks]}
    return json.dumps(told, indent=2) + "\n"


def _wrapped(first: str, indent: str, text: str) -> list[str]:
    # what a tool or a server said may hold anything
    return textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
