"""Who there is on the fake GitHub: people, bots, Apps; and the ids of things."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field


def node_id(kind: str, number: int) -> str:
    """GraphQL's id of a thing: `PRRT_kwDOAAAAAAAAAAE`."""
    return f"{kind}_kwDO{base64.urlsafe_b64encode(number.to_bytes(8)).decode().rstrip('=')}"


@dataclass(eq=False)
class Account:
    """Somebody. Bots have `[bot]` in their login, as in REST; GraphQL's `author` leaves it out."""

    id: int
    login: str
    type: str = "User"  # or Bot, Organization

    @property
    def node_id(self) -> str:
        return node_id("BOT" if self.type == "Bot" else self.type[0], self.id)

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot"


@dataclass(eq=False)
class App:
    """A GitHub App. `permissions` are names as GitHub has them: checks, pull_requests, ..."""

    id: int
    slug: str
    account: Account
    owner: Account
    public_key: str = ""
    permissions: dict[str, str] = field(default_factory=dict)
    installed_on: dict[str, int] = field(default_factory=dict)  # repository -> installation
    name: str = ""
    suspended: set[int] = field(default_factory=set)  # installations

    @property
    def node_id(self) -> str:
        return node_id("A", self.id)
