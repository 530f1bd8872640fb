"""What people and programs think of a comment, in one small picture each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fake_github.accounts import Account, node_id

CONTENTS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


@dataclass(eq=False)
class Reaction:
    """One; of each content, nobody has more than one on a comment."""

    id: int
    account: Account
    content: str
    created_at: str

    @property
    def node_id(self) -> str:
        return node_id("REA", self.id)


def rollup(url: str, reactions: list[Reaction]) -> dict[str, Any]:
    """A `reaction-rollup`."""
    counts = {name: sum(one.content == name for one in reactions) for name in CONTENTS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}
