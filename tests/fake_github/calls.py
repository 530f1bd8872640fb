"""A request to the fake GitHub, remembered for tests that count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Call:
    """A request. `path` is without `/api/v3`; `status` is 0 until answered, or if never."""

    method: str
    path: str
    kind: str  # rest, graphql, git
    at: float  # in the hub's time
    query: str = ""
    body: Any = None  # as sent; of GraphQL: query and variables
    account: str = ""
    status: int = 0
    took_effect: bool = False

    @property
    def is_write(self) -> bool:
        """Whether it changes something, or tries to."""
        if self.kind == "graphql":
            document = self.body.get("query", "") if isinstance(self.body, dict) else ""
            return isinstance(document, str) and document.lstrip().startswith("mutation")
        return self.kind == "rest" and self.method not in {"GET", "HEAD"}

    @property
    def points(self) -> int:
        """What it costs of the secondary limit: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit."""
        if self.kind == "git":
            return 0
        return 5 if self.is_write else 1

    @property
    def creates_content(self) -> bool:
        """Whether it is a comment or review, of which there may be only so many a minute."""
        if self.kind == "graphql":
            return self.is_write
        return self.is_write and self.path.endswith(
            ("/comments", "/reviews", "/replies", "/events")
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query} -> {self.status}"
