"""How saying something ended: said, not all of it, or not any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.core.context import SHORT
from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.writes import Write
from tasks.errors import ReviewError


@dataclass(frozen=True, slots=True)
class Said:
    """It is said. ``conversation`` is what the last decision was made by, ``writes`` what was done.

    ``trouble`` is what GitHub would not take, and was done without.
    """

    conversation: Conversation
    writes: tuple[Write, ...]
    trouble: Trouble


class NotSaid(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Not everything could be said; ``missing`` is what was not."""

    def __init__(self, name: str, missing: Sequence[str], why: str) -> None:
        super().__init__(name, tuple(missing), why)
        self.name = name
        self.missing = tuple(missing)
        self.why = why

    def __str__(self) -> str:
        """Return what is missing, why, and what to do."""
        return (
            f"{self.name}: not everything could be said, what is missing is {_listed(self.missing)}"
            f" ({self.why}); run it again: it says what is missing and nothing twice"
        )


class Superseded(ReviewError):  # noqa: N818
    """The pull request has another head than the one that was reviewed."""

    def __init__(self, name: str, head: str, by: str) -> None:
        super().__init__(name, head, by)
        self.name = name
        self.head = head
        self.by = by

    def __str__(self) -> str:
        """Return which head it was, and which it is."""
        return (
            f"{self.name}: its head is {self.by[:SHORT]} by now, so that of {self.head[:SHORT]} "
            "is not reviewed any more; the newer one gets a review of its own"
        )


def _listed(missing: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(missing)) or "not known"
