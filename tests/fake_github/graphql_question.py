"""A question of GraphQL's: who asks, for what, with which arguments; and how GitHub says no."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fake_github.access import ROLES, Caller, role, sees
from tests.fake_github.accounts import Account
from tests.fake_github.hub import Hub
from tests.fake_github.state import Repo


@dataclass(frozen=True)
class Question:
    """One field that somebody asks for."""

    hub: Hub
    caller: Caller
    arguments: Mapping[str, Any]
    cost: int = 1

    def __getitem__(self, name: str) -> Any:
        """Return an argument; one that was not given is null."""
        return self.arguments.get(name)

    def is_mine(self, author: Account | None) -> bool:
        """Whether the caller wrote it."""
        return author is self.caller.account

    def can_push(self, repo: Repo) -> bool:
        """Whether the caller may write to a repository's contents."""
        if self.caller.integration:
            return self.permits(repo, "contents")
        return role(repo, self.caller.account) in {"write", "admin"}

    def permits(self, repo: Repo, permission: str, level: str = "write") -> bool:
        """Whether an App's token, or a fine-grained one, has a permission for a repository."""
        known = self.caller.repositories
        if not sees(self.caller, repo) or (known is not None and repo.full_name not in known):
            return False
        granted = self.caller.permissions.get(permission, "none")
        return ROLES.index(granted) >= ROLES.index(level)


class RefusedError(Exception):
    """GitHub says no, with a type: NOT_FOUND, FORBIDDEN, UNPROCESSABLE, ..."""

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


Field = Callable[[Any, Question], Any]
"""What answers a field: given the thing that has it, and the question."""

Fields = Mapping[str, Mapping[str, Field]]
"""Fields by the names of types, then their own."""


@dataclass(frozen=True)
class Connection:
    """A page of a list."""

    total: int
    nodes: Sequence[Any]
    cursors: Sequence[str]
    before: bool
    after: bool


def page(items: Sequence[Any], question: Question) -> Connection:
    """Return the page of a list that the arguments ask for; `items` are the oldest first."""
    by_id = not isinstance(items, _Numbered)
    keyed = [
        (getattr(item, "id", at) if by_id else at, item) for at, item in enumerate(items, start=1)
    ]
    kept = keyed
    if question["after"] is not None:
        beyond = _key(question["after"])
        kept = [one for one in kept if one[0] > beyond]
    if question["before"] is not None:
        beyond = _key(question["before"])
        kept = [one for one in kept if one[0] < beyond]
    if question["first"] is not None:
        kept = kept[: question["first"]]
    if question["last"] is not None:
        kept = kept[-question["last"] :]
    return Connection(
        total=len(items),
        nodes=[item for _, item in kept],
        cursors=[_cursor(key) for key, _ in kept],
        before=bool(kept) and kept[0] != keyed[0],
        after=bool(kept) and kept[-1] != keyed[-1],
    )


def ordered_page(items: Sequence[Any], question: Question) -> Connection:
    """Return the page of a list in an order of its own, whose cursors are places in it."""
    return page(_Numbered(items), question)


class _Numbered(list[Any]):
    """A list whose order is not that of its things' ids."""


def _cursor(key: int) -> str:
    return base64.b64encode(f"cursor:v2:{key}".encode()).decode()


def _key(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:v2:"))
    except (binascii.Error, ValueError):
        raise RefusedError(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        ) from None


CONNECTION: Mapping[str, Field] = {
    "totalCount": lambda page, _: page.total,
    "nodes": lambda page, _: page.nodes,
    "edges": lambda page, _: list(zip(page.cursors, page.nodes, strict=True)),
    "pageInfo": lambda page, _: page,
}
EDGE: Mapping[str, Field] = {
    "cursor": lambda edge, _: edge[0],
    "node": lambda edge, _: edge[1],
}
PAGE_INFO: Mapping[str, Field] = {
    "hasNextPage": lambda page, _: page.after,
    "hasPreviousPage": lambda page, _: page.before,
    "startCursor": lambda page, _: page.cursors[0] if page.cursors else None,
    "endCursor": lambda page, _: page.cursors[-1] if page.cursors else None,
}
