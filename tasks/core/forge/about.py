"""What a decision knows besides verdict and conversation: who reviews, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tasks.core.change import ChangeSet
from tasks.core.forge.writes import Right
from tasks.core.policy import ReviewPolicy
from tasks.core.render import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A review that runs: its id, its page if there is one, and by which policy."""

    run: str
    run_url: str = ""
    policy: ReviewPolicy = field(default_factory=ReviewPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class About(Run):
    """A review that has a verdict: with what it is shown, of which change, how long it took."""

    shown: Shown
    change: ChangeSet
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What GitHub would not take in this run.

    ``refused`` has why by the fingerprint of the finding whose comment was refused, ``failed``
    one sentence for each thing that could not be said. ``uploaded`` says that code scanning
    has this run's SARIF: nothing in the conversation tells.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    forbidden: frozenset[Right] = frozenset()
    failed: tuple[str, ...] = ()
    uploaded: bool = False

    def but(self, **values: object) -> Trouble:
        """Return it with other values."""
        return replace(self, **values)  # type: ignore[arg-type]
