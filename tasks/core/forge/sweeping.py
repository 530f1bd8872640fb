"""Which open pull requests have no answer of ours, and nobody at it: their webhooks were lost."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tasks.core.context import PRContext
from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.taken import EarlierRun, was_taken
from tasks.core.policy import SayPolicy


def _repository(name: str) -> str:
    return PRContext(repository=name.strip()).repository


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return each name once; GitHub makes no difference between cases."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.lower(), name)
    return tuple(seen.values())


Repositories = Annotated[
    tuple[Annotated[str, AfterValidator(_repository)], ...], AfterValidator(_once)
]


class SweepSettings(BaseModel):
    """Where to look for pull requests that nobody told us of, as people set it in Prefect's UI."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repositories: Repositories = Field(
        default=(),
        description="OWNER/NAME of each. None: of an App all that it is installed for, of a token "
        "none. The nightly audit is of the named ones only",
    )
    exclude: Repositories = Field(
        default=(), description="OWNER/NAME of those the sweep leaves alone, wherever we may look"
    )
    drafts: bool = Field(default=False, description="Review drafts too")
    at_most: int = Field(default=20, gt=0, description="So many reviews are begun at once")
    not_older_than_days: int = Field(
        default=30, gt=0, description="Leave alone what nobody has touched for so long"
    )
    settled_minutes: int = Field(
        default=5, ge=0, description="Leave alone what was touched just now: its webhook comes"
    )
    check: str = Field(
        default=SayPolicy().check,
        min_length=1,
        description="What the policies of these repositories call our check run",
    )

    def wants(self, repository: str) -> bool:
        """Return whether nobody has excluded it."""
        return repository.lower() not in map(str.lower, self.exclude)

    @property
    def rules(self) -> str:
        """Return what has changed when there may be something to do where there was nothing."""
        return f"{self.drafts} {self.not_older_than_days} {self.check}"


def oldest(settings: SweepSettings, now: datetime) -> datetime:
    """Return since when a pull request must have been touched."""
    return now - timedelta(days=settings.not_older_than_days)


class Standing(enum.Enum):
    """What is to be done about an open pull request."""

    DONE = "nothing, until GitHub shows something else of it"
    LATER = "nothing yet, so it is to be looked at again"
    MISSING = "it is to be reviewed"


def standing(
    pull: OpenPull,
    runs: Iterable[EarlierRun],
    live: Mapping[str, Collection[str]],
    settings: SweepSettings,
    now: datetime,
) -> Standing:
    """Return what is to be done about it.

    ``runs`` are reviews there have been. ``live`` are the heads that runs wait for or are at, by
    the lower-case name of the pull request; a run that has not begun has the head "", and will
    read the newest.
    """
    if pull.answered or (pull.draft and not settings.drafts):
        return Standing.DONE
    if pull.updated < oldest(settings, now) or was_taken(pull, runs):
        return Standing.DONE
    if pull.updated > now - timedelta(minutes=settings.settled_minutes):
        return Standing.LATER
    if {"", pull.head} & set(live.get(pull.name.lower(), ())):
        return Standing.LATER
    return Standing.MISSING


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is submitted now, how many more there are, and where we have to look again."""

    chosen: tuple[OpenPull, ...]
    more: int
    restless: frozenset[str]


def sorted_out(standings: Mapping[OpenPull, Standing], at_most: int) -> Sorted:
    """Return what to do, the one that waits longest first.

    A repository is restless, by its lower-case name, where something is left for the next time.
    """
    missing = [pull for pull, where in standings.items() if where is Standing.MISSING]
    missing.sort(key=lambda pull: pull.updated)
    later = [pull for pull, where in standings.items() if where is Standing.LATER]
    left = [*missing[at_most:], *later]
    return Sorted(
        tuple(missing[:at_most]),
        len(missing[at_most:]),
        frozenset(pull.repository.lower() for pull in left),
    )
