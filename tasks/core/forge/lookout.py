"""What a sweep remembers of where it has looked, so that it asks GitHub for what has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

FORGOTTEN_SECONDS = 7 * 86400.0
"""What was not looked at for so long is no more: deleted, renamed, or excluded."""

READ_SECONDS = 86400.0
"""Once a day all is read, whatever is remembered: Prefect may have lost what was submitted."""

RESERVE = 0.2
"""The part of an hour's requests that a sweep leaves to the reviews."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a repository.

    ``etag`` is GitHub's mark of the list we have seen, ``seen`` ours of what matters in it;
    ``quiet`` says that nothing is left to do there as long as that is the same. ``looked`` is
    when that was, ``read`` when all was read: in seconds since the epoch.
    """

    etag: str = ""
    seen: str = ""
    quiet: bool = False
    looked: float = 0.0
    read: float = 0.0

    def is_all_there_is(self, now: Known) -> bool:
        """Return whether what is seen now leaves nothing to do that is not done."""
        return self.quiet and self.seen == now.seen and now.looked - self.read < READ_SECONDS


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the repositories of an installation: who is on it, and whether another follows."""

    etag: str
    repositories: tuple[str, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What one sweep leaves to the next; ``rules`` are the settings it holds for."""

    rules: str = ""
    known: Mapping[str, Known] = field(default_factory=dict)
    listings: Mapping[str, Listing] = field(default_factory=dict)

    def of(self, repository: str) -> Known:
        """Return what is known of a repository, which may be nothing."""
        return self.known.get(repository.lower(), Known())

    def longest_ago(self, repositories: Iterable[str]) -> tuple[str, ...]:
        """Return them, those first that we have not looked at for the longest time."""
        return tuple(sorted(repositories, key=lambda name: (self.of(name).looked, name.lower())))

    def under(self, rules: str) -> Memory:
        """Return what still holds under these settings."""
        return self if rules == self.rules else Memory(rules, listings=self.listings)

    def and_now(
        self, known: Mapping[str, Known], listings: Mapping[str, Listing], now: float
    ) -> Memory:
        """Return it with what was seen now, without what is long gone."""
        of = {name: one for name, one in self.known.items() if now - one.looked < FORGOTTEN_SECONDS}
        of |= {name.lower(): one for name, one in known.items()}
        return replace(self, known=of, listings={**self.listings, **listings})

    def written(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), indent=1)


def memory_of(text: str) -> Memory:
    """Return what was written, or nothing where that is damaged: then all is looked at anew."""
    try:
        said = json.loads(text)
        known = {name: Known(**one) for name, one in said["known"].items()}
        pages = {
            name: Listing(one["etag"], tuple(one["repositories"]), one["more"])
            for name, one in said["listings"].items()
        }
        return Memory(said["rules"], known, pages)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Memory()


def mark_of(pulls: Iterable[Mapping[str, Any]]) -> str:
    """Return a mark of what matters of a list of pull requests.

    GitHub's own also changes with the stars of the repository.
    """
    told = [
        (pull["number"], pull["head"]["sha"], pull["updated_at"], bool(pull.get("draft")))
        for pull in pulls
    ]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def is_short(remaining: int, limit: int) -> bool:
    """Return whether what is left of an hour's requests is for the reviews."""
    return remaining < limit * RESERVE
