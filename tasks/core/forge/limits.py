"""How long GitHub wants us to wait: its rate limits, read from an answer.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

MOST_SECONDS = 3600
"""More we do not wait for: the primary limit is one of an hour, so it is over by then."""

SECONDS = 60
"""What to wait at least where a secondary limit does not say how long; the same source."""

DOUBLINGS = 6
"""After so many it is more than we wait for anyway."""

TOO_MANY = 429
LIMITED = frozenset({403, TOO_MANY})
"""Either status is used, for either kind of limit; the same source."""

SECONDARY = ("secondary rate limit", "abuse")
"""What a secondary limit's message says; "abuse detection" is its older name:
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api"""

UNPROCESSABLE = 422
TOO_QUICKLY = "submitted too quickly"
"""How the limit on new content looks for some kinds of it, and in GraphQL:
https://github.com/cli/cli/issues/4801"""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait, and why, as a sentence for people."""

    seconds: float
    why: str

    @property
    def too_long(self) -> bool:
        """Return whether it is more than we ever wait for."""
        return self.seconds > MOST_SECONDS


def wait_of(
    status: int, headers: Mapping[str, str], message: str, now: float, attempt: int
) -> Wait | None:
    """Return what a rate limit wants us to wait for, or None where the answer is about no limit.

    Args:
        status: of the answer; an error of GraphQL that names a limit counts as 403.
        headers: of the answer, in any case.
        message: what the answer says went wrong.
        now: seconds since the epoch, for an answer that does not say when it was given.
        attempt: how many answers before this one, in a row, were a limit too.
    """
    said = message.lower()
    quick = TOO_QUICKLY in said
    if status not in LIMITED and not (status == UNPROCESSABLE and quick):
        return None
    given = {name.lower(): value.strip() for name, value in headers.items()}
    secondary = status == TOO_MANY or quick or any(word in said for word in SECONDARY)
    asked = _number(given.get("retry-after"))
    if asked is not None:
        return _wait(asked, "GitHub asks us to slow down (secondary rate limit)")
    reset = _number(given.get("x-ratelimit-reset"))
    if given.get("x-ratelimit-remaining") == "0" and reset is not None:
        most = given.get("x-ratelimit-limit", "")
        which = f"the {most} requests an hour are used up" if most.isdecimal() else "it is used up"
        return _wait(reset - _at(given.get("date", ""), now), f"GitHub's rate limit: {which}")
    if secondary:
        return _wait(
            min(SECONDS * 2 ** min(attempt, DOUBLINGS), MOST_SECONDS),
            "GitHub asks us to slow down (secondary rate limit, it does not say for how long)",
        )
    return None


def _wait(seconds: float, why: str) -> Wait:
    """Return the wait of whole seconds, at least one."""
    whole = max(1, math.ceil(seconds))
    if whole > MOST_SECONDS:
        return Wait(whole, f"{why}; {duration(whole)} is longer than we wait, try again after that")
    return Wait(whole, f"{why}; it goes on in {duration(whole)}")


def duration(seconds: float) -> str:
    """Return a time to wait as people say it: ``45 s``, ``12 min``, ``3 h``."""
    if seconds <= 2 * SECONDS:
        return f"{seconds:.0f} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes <= SECONDS else f"{math.ceil(minutes / 60)} h"


def _number(text: str | None) -> float | None:
    """Return a header's number; one that is none says as much as one that is not there."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _at(date: str, now: float) -> float:
    """Return when GitHub answered, by its own clock: ours may be off by more than the wait."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return now
