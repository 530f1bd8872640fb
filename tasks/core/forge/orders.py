"""What people tell us in a comment: ``/review high``, ``/review dismiss WHY``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tasks.core.inbound.wishes import Verb
from tasks.core.plan import TaskPriority

COMMAND = re.compile(r"/review(?:\s+(\S+)(?:\s+(.*))?)?", re.IGNORECASE)
DISMISS, UNDISMISS = "dismiss", "undismiss"

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "": Verb.REVIEW,
        "stop": Verb.STOP,
        "help": Verb.HELP,
        DISMISS: Verb.DISMISS,
        UNDISMISS: Verb.DISMISS,  # both mean: look again at what counts
    }
)
LEVELS: Mapping[str, TaskPriority] = MappingProxyType(
    {level.label: level for level in TaskPriority} | {"normal": TaskPriority.MEDIUM}
)
TALKATIVE = frozenset({DISMISS, UNDISMISS, "help"})
"""After these anything may follow; of the others nobody knows what more they would mean."""

ALWAYS = {"--always", "\u2014always"}  # some keyboards make one dash of two
ID = re.compile(r"`?([0-9a-f]{8,16})`?(?:\s+|$)", re.IGNORECASE)
SAID = 100
"""So many characters of an order are kept for the answer to it."""

WHY = 500
"""So many characters of a reason are kept."""

NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: dismiss a finding, or take that back.

    ``always`` asks for the whole repository. ``rest`` is what follows.
    """

    takes_back: bool = False
    always: bool = False
    rest: str = ""

    @property
    def why(self) -> str:
        """Return the reason, in a thread: everything that follows."""
        return self.rest[:WHY] or NO_REASON

    def named(self) -> tuple[str, Order]:
        """Return which finding is named in front of the reason ("" for none), and what is left."""
        found = ID.match(self.rest)
        if found is None:
            return "", self
        always, rest = _without_always(self.rest[found.end() :])
        return found[1].lower(), Order(self.takes_back, self.always or always, rest)


@dataclass(frozen=True, slots=True)
class Command:
    """Anything that begins with ``/review``: what it wants, how soon, and how it was written.

    ``said`` may hold any character: escape it.
    """

    verb: Verb
    priority: TaskPriority | None = None
    said: str = ""


def read_command(body: str) -> Command | None:
    """Return what this comment wants of us, or None: its first line does, but for quotations.

    What we do not understand whole is not half obeyed: it is UNKNOWN.
    """
    found = _command(body)
    if found is None:
        return None
    word, rest, said = (found[1] or "").lower(), found[2], found[0][:SAID]
    if rest and word not in TALKATIVE:
        return Command(Verb.UNKNOWN, said=said)
    if word in LEVELS:
        return Command(Verb.REVIEW, LEVELS[word], said)
    return Command(VERBS.get(word, Verb.UNKNOWN), said=said)


def read_order(body: str) -> Order | None:
    """Return which dismissal this comment orders, or None where it orders none."""
    found = _command(body)
    word = (found[1] or "").lower() if found else ""
    if found is None or word not in {DISMISS, UNDISMISS}:
        return None
    always, rest = _without_always(found[2] or "")
    return Order(word == UNDISMISS, always, rest)


def _command(body: str) -> re.Match[str] | None:
    """Return the word after ``/review`` in the first line that is no quotation, and the rest."""
    lines = (line.strip() for line in body.splitlines())
    return COMMAND.fullmatch(next((line for line in lines if line and line[0] != ">"), ""))


def _without_always(text: str) -> tuple[bool, str]:
    first, *rest = text.split(maxsplit=1) or [""]
    return (True, "".join(rest)) if first.lower() in ALWAYS else (False, text)
