"""What GitHub has of a pull request at one moment: what people said, and what we did."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.core.context import PRContext

GHOST = "ghost"
"""Whom GitHub shows in the place of every account that is gone: https://github.com/ghost"""

BOT = "[bot]"
"""How the login of a bot ends, in REST and here: a person could have the name of an App."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: on the pull request, or within a thread. ``id`` is for GraphQL, ``number`` REST's.

    ``at`` is ISO 8601 in UTC, so that it sorts. ``ours`` says that we wrote it.
    """

    id: str
    number: int
    body: str
    author: str = ""
    ours: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation on a line; the first remark is what it is about.

    ``line`` is 0 where the line is gone (outdated). ``resolved_by`` is empty where GitHub
    does not say: an App, or an account that is gone.
    """

    id: str
    path: str
    remarks: tuple[Remark, ...]
    line: int = 0
    resolved: bool = False
    resolved_by: str = ""

    @property
    def ours(self) -> bool:
        """Return whether we began it."""
        return bool(self.remarks) and self.remarks[0].ours

    @property
    def answered(self) -> bool:
        """Return whether anybody but us said something in it."""
        return any(not remark.ours for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class PostedReview:
    """A review as GitHub has it.

    ``state`` is GitHub's word: PENDING, COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED.
    """

    number: int
    head: str
    state: str
    body: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class PostedCheck:
    """A check run of ours. ``status``: queued, in_progress, completed."""

    number: int
    head: str
    status: str
    external_id: str = ""
    conclusion: str = ""
    annotations: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class PostedStatus:
    """A commit status. ``state``: error, failure, pending, success."""

    context: str
    state: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything about one pull request that a decision may need.

    ``me`` is the login that we write as. ``checks`` and ``statuses`` are those of
    ``context.head_sha``. ``settings`` is the text of the base branch's ``.review.yaml``, empty
    where there is none. ``writers`` are those of whom GitHub says that they may write to the
    repository, as far as anything depends on it.
    """

    context: PRContext
    me: str = ""
    threads: tuple[Thread, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reviews: tuple[PostedReview, ...] = ()
    checks: tuple[PostedCheck, ...] = ()
    statuses: tuple[PostedStatus, ...] = ()
    settings: str = ""
    writers: frozenset[str] = frozenset()
