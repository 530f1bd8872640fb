"""Ask GitHub for a list only if it has changed: where it has not, that costs no request.

A mark (ETag) holds for one token, says GitHub: https://github.com/eclipse-csi/otterdog/issues/201.
So of an App, whose token is another one each time, most answers are full ones.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.core.forge.lookout import is_short
from tasks.forge.connection import Connection
from tasks.forge.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Fresh:
    """A list that is not the one we know; ``more`` says that another page follows."""

    etag: str
    body: Any
    more: bool


class Allowance:
    """What is left of one account's hour, as its answers say. Any thread may use it."""

    def __init__(self) -> None:
        self._spent = threading.Event()

    def saw(self, remaining: object, limit: object) -> None:
        """Hear what an answer says; one that says nothing changes nothing."""
        known = [str(number) for number in (remaining, limit)]
        if all(number.isdecimal() for number in known) and is_short(*map(int, known)):
            self._spent.set()

    @property
    def is_spent(self) -> bool:
        """Return whether the rest is for the reviews."""
        return self._spent.is_set()


def if_changed(
    connection: Connection,
    path: str,
    query: Mapping[str, object],
    etag: str,
    what: str,
    allowance: Allowance,
) -> Fresh | None:
    """Return the list there is, or None where it is the one that has this mark.

    Raises:
        ForgeError: it cannot be read.
    """
    headers, body = connection.read(
        what,
        lambda: connection.rest.requester.requestJsonAndCheck(
            "GET", path, dict(query), {"If-None-Match": etag} if etag else {}
        ),
    )
    allowance.saw(headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-limit"))
    if body is None:
        return None
    if not isinstance(body, list) and set(body) == {"data", "url"}:  # PyGithub of what is no JSON
        raise Unreachable(what, "the answer is none of GitHub's")
    return Fresh(headers.get("etag", ""), body, 'rel="next"' in headers.get("link", ""))
