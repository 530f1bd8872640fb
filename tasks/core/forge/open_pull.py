"""An open pull request, as a sweep sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tasks.core.inbound.keys import head_key


@dataclass(frozen=True, slots=True)
class OpenPull:
    """An open pull request; ``answered`` says that its head has a verdict of ours."""

    repository: str
    number: int
    head: str
    updated: datetime
    draft: bool = False
    answered: bool = False

    @property
    def name(self) -> str:
        """Return what people, and tags of runs, call it."""
        return f"{self.repository}#{self.number}"

    @property
    def key(self) -> str:
        """Return the key under which one head is submitted once, whoever tells us of it."""
        return head_key(self.name, self.head)
