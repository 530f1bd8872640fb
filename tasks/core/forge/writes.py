"""Everything that we can do to a pull request, as values: decided purely, done elsewhere."""

from __future__ import annotations

import enum
from dataclasses import dataclass

COMMENT_LIMIT = 65_536
"""Characters of a comment or review: https://github.com/orgs/community/discussions/27190"""

CHECK_LIMIT = 65_535
"""Bytes of a check run's summary or text, which the description calls characters:
https://github.com/github/docs/issues/35252"""

TITLE_LIMIT = 255
"""Bytes of a check run's title, as above, and of an annotation's."""

MESSAGE_LIMIT = 64 * 1024
"""Bytes of an annotation's message: https://docs.github.com/en/rest/checks/runs"""

DESCRIPTION_LIMIT = 140
"""Of a commit status: https://docs.github.com/en/rest/commits/statuses. The description does
not say of what; bytes are right in either case."""

BATCH = 50
"""Annotations in one request: https://docs.github.com/en/rest/checks/runs"""


class Event(enum.StrEnum):
    """What a review does, in GitHub's words."""

    COMMENT = "COMMENT"
    REQUEST_CHANGES = "REQUEST_CHANGES"
    APPROVE = "APPROVE"


class Conclusion(enum.StrEnum):
    """How a check run ends, in GitHub's words."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    ACTION_REQUIRED = "action_required"


class Right(enum.StrEnum):
    """What a token may be refused, and we can do without."""

    CHECKS = "checks"
    STATUSES = "statuses"
    REVIEWS = "reviews"
    THREADS = "threads"
    """To resolve them takes ``contents: write``: https://github.com/github/gh-aw/issues/35726"""
    COMMENTS = "comments"
    SARIF = "security_events"


@dataclass(frozen=True, slots=True)
class InlineComment:
    """A comment on lines of the head: ``start_line`` to ``line``, both included, in one hunk."""

    path: str
    line: int
    body: str
    fingerprint: str
    start_line: int = 0


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a check run shows beside lines. ``level``: notice, warning, failure."""

    path: str
    start_line: int
    end_line: int
    level: str
    title: str
    message: str
    start_column: int = 0


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What a check run says."""

    title: str
    summary: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemovePending:
    """Delete a pending review that a crash of ours left behind."""

    review: int


@dataclass(frozen=True, slots=True)
class PostReview:
    """Post the one review of a head."""

    head: str
    event: Event
    body: str
    comments: tuple[InlineComment, ...] = ()


@dataclass(frozen=True, slots=True)
class Settle:
    """Say in a thread of ours that its finding is fixed, and resolve it."""

    thread: str
    comment: str
    body: str


@dataclass(frozen=True, slots=True)
class SettleThreads:
    """Settle several threads in one request."""

    threads: tuple[Settle, ...]


@dataclass(frozen=True, slots=True)
class DismissReview:
    """Take back an earlier request for changes of ours."""

    review: int
    message: str


@dataclass(frozen=True, slots=True)
class PostSummary:
    """Post the summary comment."""

    body: str


@dataclass(frozen=True, slots=True)
class EditSummary:
    """Bring the summary comment up to date."""

    comment: int
    body: str


@dataclass(frozen=True, slots=True)
class DeleteComment:
    """Delete a comment of ours that stands twice: on the pull request, or on a line."""

    comment: int
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class CreateCheck:
    """Create the check run of a head. ``status`` as GitHub says: queued, in_progress, completed."""

    head: str
    name: str
    external_id: str
    status: str
    output: CheckOutput
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    details_url: str = ""


@dataclass(frozen=True, slots=True)
class UpdateCheck:
    """Bring a check run up to date; its annotations are added to those it has.

    ``check`` is 0 for the one that a ``CreateCheck`` before it in the same list has created.
    """

    check: int
    status: str
    output: CheckOutput
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    details_url: str = ""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set a commit status, where check runs are not allowed. ``state``: pending, success, ..."""

    head: str
    context: str
    state: str
    description: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class UploadSarif:
    """Upload a SARIF log to code scanning; ``ref`` is the full name of a git reference."""

    head: str
    ref: str
    sarif: str


Write = (
    RemovePending
    | PostReview
    | SettleThreads
    | DismissReview
    | PostSummary
    | EditSummary
    | DeleteComment
    | CreateCheck
    | UpdateCheck
    | SetStatus
    | UploadSarif
)
"""One request that changes something on GitHub."""

RIGHTS: dict[type, Right] = {
    RemovePending: Right.REVIEWS,
    PostReview: Right.REVIEWS,
    SettleThreads: Right.THREADS,
    DismissReview: Right.REVIEWS,
    PostSummary: Right.COMMENTS,
    EditSummary: Right.COMMENTS,
    DeleteComment: Right.COMMENTS,
    CreateCheck: Right.CHECKS,
    UpdateCheck: Right.CHECKS,
    SetStatus: Right.STATUSES,
    UploadSarif: Right.SARIF,
}
"""The right that each write needs."""
