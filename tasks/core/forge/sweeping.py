"""Which open pull requests have no answer of ours, and nobody at it: their webhooks were lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tasks.core.context import PRContext
from tasks.core.inbound.keys import head_key
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
        default=(), description="OWNER/NAME of each; the nightly audit is of the same ones"
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


def oldest(settings: SweepSettings, now: datetime) -> datetime:
    """Return since when a pull request must have been touched."""
    return now - timedelta(days=settings.not_older_than_days)


def unanswered(
    pulls: Iterable[OpenPull],
    live: Mapping[str, Collection[str]],
    settings: SweepSettings,
    now: datetime,
) -> tuple[OpenPull, ...]:
    """Return which to review, all of them, the one that waits longest first.

    ``live`` are the heads that runs wait for or are at, by the lower-case name of the pull
    request; a run that has not begun has the head "", and will read the newest.
    """
    settled = now - timedelta(minutes=settings.settled_minutes)
    wanted = [
        pull
        for pull in pulls
        if not pull.answered
        and (settings.drafts or not pull.draft)
        and oldest(settings, now) <= pull.updated <= settled
        and not {"", pull.head} & set(live.get(pull.name.lower(), ()))
    ]
    return tuple(sorted(wanted, key=lambda pull: pull.updated))
