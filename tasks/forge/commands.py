"""What is done on GitHub about an order in a comment: who gave it, a receipt, an answer.

All of it may be done twice, and is there once.
"""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import quote

from tasks.core.forge.markers import answered
from tasks.core.inbound.wishes import Obey
from tasks.forge.connection import Connection
from tasks.forge.errors import Ambiguous, Gone, NotAllowed, Unreachable
from tasks.forge.turn import turn
from tasks.home import home

SEEN, DONE, NOT_DONE = "eyes", "rocket", "confused"
"""The reactions that are receipts, by GitHub's names."""

MAY_WRITE = frozenset({"admin", "maintain", "write"})

PAGE = 100


def may_order(connection: Connection, login: str) -> bool:
    """Return whether somebody may write to the repository; GitHub knows no such right of a bot.

    Raises:
        ForgeError: GitHub does not say.
    """
    who = quote(login, safe="")
    try:
        said = connection.rest_call(
            "GET",
            f"/repos/{connection.repository}/collaborators/{who}/permission",
            what=f"asking what {login} may do in {connection.repository}",
        )
    except Gone:
        return False
    return said.get("permission") in MAY_WRITE


def react(connection: Connection, wish: Obey, content: str) -> None:
    """React to the comment; where we may not, that is no reason not to obey it.

    To do so again changes nothing:
    https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment

    Raises:
        Gone: it is not there any more.
        ForgeError: it failed; ``Unreachable``: it is to be done again.
    """
    what = f"reacting to a comment on {wish.subject.name}"
    with contextlib.suppress(NotAllowed):
        _sent(connection, f"{_comment(wish)}/reactions", {"content": content}, what)


def answer_once(connection: Connection, wish: Obey, body: str) -> bool:
    """Answer the comment by another one, unless that is there; return whether it was not.

    Raises:
        ForgeError: it failed; ``Unreachable``: it is to be done again.
    """
    subject = wish.subject
    what = f"answering a comment on {subject.name}"
    with turn(home() / "turns", subject.repository, subject.number):
        asked = connection.rest_call("GET", _comment(wish), what=what)
        comments = f"/repos/{subject.repository}/issues/{subject.number}/comments"
        if _is_answered(connection, comments, asked["created_at"], wish.comment, what):
            return False
        _sent(connection, comments, {"body": body}, what, creates=True)
        return True


def _is_answered(
    connection: Connection, comments: str, since: str, comment: int, what: str
) -> bool:
    number = 1
    while True:
        query = f"?since={quote(since)}&per_page={PAGE}&page={number}"
        page: list[dict[str, Any]] = connection.rest_call("GET", f"{comments}{query}", what=what)
        if any(answered(one.get("body") or "") == str(comment) for one in page):
            return True
        if len(page) < PAGE:
            return False
        number += 1


def _comment(wish: Obey) -> str:
    kind = "pulls" if wish.in_thread else "issues"
    return f"/repos/{wish.subject.repository}/{kind}/comments/{wish.comment}"


def _sent(
    connection: Connection, path: str, body: dict[str, str], what: str, *, creates: bool = False
) -> None:
    """Send a write that whoever does it again will find, or that changes nothing twice.

    Raises:
        ForgeError: it failed; ``Unreachable``: it is to be done again.
    """
    try:
        connection.rest_call("POST", path, body, creates=creates, what=what)
    except Ambiguous as error:
        raise Unreachable(what, error.message) from None
