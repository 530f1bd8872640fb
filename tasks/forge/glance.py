"""Look at one repository as cheaply as can be: only what has changed is read as a whole.

GitHub's GraphQL, which says what has an answer, knows no conditional requests. So a short list
of REST is asked for first: whatever is opened, pushed or made ready comes to its top.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.core.forge.lookout import Known, mark_of
from tasks.core.forge.open_pull import OpenPull
from tasks.forge.conditional import Allowance, if_changed
from tasks.forge.connection import Connection
from tasks.forge.errors import Gone
from tasks.forge.open_pulls import no_such, open_pulls

TOP = {"state": "open", "sort": "updated", "direction": "desc", "per_page": 5}
"""More than one, for changes within one second; not many, for each is some 20 KB."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: ``check`` is what our check runs are called, ``since`` how far back."""

    check: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen. ``known.quiet`` says that there is nothing new: then ``pulls`` is empty."""

    repository: str
    known: Known
    pulls: tuple[OpenPull, ...] = ()


def glance(
    connection: Connection, repository: str, known: Known, wish: Wish, allowance: Allowance
) -> Glance:
    """Return the open pull requests, unless all is as it was when nothing was to be done.

    Raises:
        CannotReview: there is no such repository, for us.
        ForgeError: GitHub did not answer.
    """
    what = f"looking for open pull requests of {repository}"
    try:
        fresh = if_changed(
            connection, f"/repos/{repository}/pulls", TOP, known.etag, what, allowance
        )
    except Gone:
        raise no_such(repository) from None
    now = replace(known, looked=time.time())
    if fresh is not None:
        now = replace(now, etag=fresh.etag, seen=mark_of(fresh.body))
        if not fresh.body:
            return Glance(repository, replace(now, quiet=True, read=now.looked))
    if known.is_all_there_is(now):
        return Glance(repository, now)
    pulls = open_pulls(connection, repository, wish.check, wish.since, allowance)
    return Glance(repository, replace(now, quiet=False, read=now.looked), pulls)
