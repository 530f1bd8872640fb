"""What a delivery of GitHub's asks of the service, as one of a few wishes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from tasks.core.plan import TaskPriority


@dataclass(frozen=True, slots=True)
class Subject:
    """A pull request."""

    repository: str
    number: int

    @property
    def name(self) -> str:
        """Return what people, and tags of runs, call it."""
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A pull request as a delivery shows it: deliveries overtake each other.

    ``updated`` is GitHub's own time of the pull request's last change.
    """

    subject: Subject
    head: str
    updated: datetime
    priority: TaskPriority
    why: str


@dataclass(frozen=True, slots=True)
class ReviewHead:
    """Its head is to be reviewed."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class Reprioritise:
    """Its labels are others: a review that waits is to wait elsewhere."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class End:
    """It is closed: what waits for it or is at it is to end."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class ReviewAgain:
    """Somebody asked for the check of this head once more."""

    subject: Subject
    head: str
    by: str


class Verb(enum.StrEnum):
    """What can be ordered in a comment."""

    REVIEW = "review"
    STOP = "stop"
    DISMISS = "dismiss"
    HELP = "help"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Obey:
    """Somebody ordered something in a comment; whether they may is to be asked.

    ``said`` is the order as it was written, for the answer to one that is not known.
    ``in_thread`` says that the comment is on a line: GitHub numbers these apart.
    """

    subject: Subject
    comment: int
    by: str
    verb: Verb
    priority: TaskPriority | None = None
    said: str = ""
    in_thread: bool = False


@dataclass(frozen=True, slots=True)
class LookAround:
    """Repositories were added to an installation: they may have open pull requests."""

    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing is to be done, and why."""

    why: str


Wish = ReviewHead | Reprioritise | End | ReviewAgain | Obey | LookAround | Ignore
