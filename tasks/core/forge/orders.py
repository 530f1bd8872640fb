"""What people tell us in a comment: ``/review dismiss WHY``."""

from __future__ import annotations

import re
from dataclasses import dataclass

ORDER = re.compile(r"/review[ \t]+(dismiss|undismiss)(?:[ \t]+(.*))?", re.IGNORECASE)
ALWAYS = {"--always", "\u2014always"}  # some keyboards make one dash of two
ID = re.compile(r"`?([0-9a-f]{8,16})`?(?:\s+|$)", re.IGNORECASE)
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


def read_order(body: str) -> Order | None:
    """Return what this comment orders, or None: its first line does, leaving out what it quotes."""
    lines = (line.strip() for line in body.splitlines())
    first = next((line for line in lines if line and not line.startswith(">")), "")
    found = ORDER.fullmatch(first)
    if found is None:
        return None
    always, rest = _without_always(found[2] or "")
    return Order(found[1].lower() == "undismiss", always, rest)


def _without_always(text: str) -> tuple[bool, str]:
    first, *rest = text.split(maxsplit=1) or [""]
    return (True, "".join(rest)) if first.lower() in ALWAYS else (False, text)
