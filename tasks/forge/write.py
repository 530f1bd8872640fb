"""Do one thing to a pull request, with one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from github import GithubObject
from github.Issue import Issue
from github.PullRequest import PullRequest, ReviewComment
from github.PullRequestReview import PullRequestReview
from github.Repository import Repository

from tasks.core.context import PRContext
from tasks.core.forge.markers import review_mark
from tasks.core.forge.writes import (
    Annotation,
    CheckOutput,
    CreateCheck,
    DeleteComment,
    DismissReview,
    EditSummary,
    InlineComment,
    PostReview,
    PostSummary,
    RemovePending,
    SetStatus,
    SettleThreads,
    UpdateCheck,
    UploadSarif,
    Write,
)
from tasks.forge.connection import Connection
from tasks.forge.documents import settling
from tasks.forge.errors import Gone
from tasks.forge.sarif import upload

DOING: Mapping[type, str] = {
    RemovePending: "removing a pending review that was left behind",
    PostReview: "posting the review",
    SettleThreads: "resolving the threads of what is fixed",
    DismissReview: "taking back an earlier review",
    PostSummary: "posting the summary",
    EditSummary: "editing the summary",
    DeleteComment: "deleting a comment that stands twice",
    CreateCheck: "creating the check run",
    UpdateCheck: "updating the check run",
    SetStatus: "setting the commit status",
    UploadSarif: "uploading the findings to code scanning",
}
"""What each write does, in words: an error about it begins with them."""

CREATES = (PostReview, PostSummary, SettleThreads)
"""What GitHub counts as making content that people are notified of."""

TRIAL = "trial"
"""In place of the run, in the mark of a review that only tries comments."""

ENDS = (RemovePending, DismissReview, DeleteComment)
"""What is done as well where its object is gone."""


def perform(connection: Connection, context: PRContext, write: Write) -> int:
    """Do it; return the number of the check run that it made, else 0.

    What it is to take away and is gone already counts as done.

    Raises:
        ForgeError: it did not happen; ``Ambiguous``: or it did.
    """
    what = DOING[type(write)]
    if isinstance(write, UploadSarif):
        upload(connection, context.repository, write, what)
        return 0
    if isinstance(write, SettleThreads):
        _settle(connection, write, what)
        return 0
    place = _Place(connection, context)
    try:
        return connection.write(
            what, lambda: _sent(place, write), creates=isinstance(write, CREATES)
        )
    except Gone:
        if not isinstance(write, ENDS):
            raise
        return 0


def try_comments(
    connection: Connection, context: PRContext, head: str, comments: Sequence[InlineComment]
) -> None:
    """Let GitHub look at comments without saying them: as a pending review, which is deleted.

    It has our mark, by which it is told from what a person is just writing, should it be left.

    Raises:
        Refused: GitHub does not take them all.
        ForgeError: nobody knows, and the pending review may be left.
    """
    place = _Place(connection, context)
    made = connection.write(
        "trying comments one by one",
        lambda: place.pull.create_review(
            place.repository.get_commit(head),
            body=review_mark(head, TRIAL),
            comments=list(map(_on_lines, comments)),
        ),
    )
    perform(connection, context, RemovePending(made.id))


class _Place:
    """PyGithub's objects of a pull request: addresses only, nothing is asked for."""

    def __init__(self, connection: Connection, context: PRContext) -> None:
        self.number = context.pr_number or 0
        self.repository: Repository = connection.rest.get_repo(context.repository)

    @property
    def pull(self) -> PullRequest:
        return self.repository.get_pull(self.number)

    @property
    def issue(self) -> Issue:
        return self.repository.get_issue(self.number)

    def review(self, number: int) -> PullRequestReview:
        about = {"id": number, "pull_request_url": self.pull.url}
        return PullRequestReview(self.pull.requester, {}, about)


def _sent(place: _Place, write: Write) -> int:  # noqa: C901 - one line for each
    """Send one request through PyGithub."""
    match write:
        case RemovePending():
            place.review(write.review).delete()
        case PostReview():
            _post_review(place, write)
        case DismissReview():
            place.review(write.review).dismiss(write.message)
        case PostSummary():
            place.issue.create_comment(write.body)
        case EditSummary():
            place.issue.get_comment(write.comment).edit(write.body)
        case DeleteComment() if write.on_line:
            place.pull.get_review_comment(write.comment).delete()
        case DeleteComment():
            place.issue.get_comment(write.comment).delete()
        case CreateCheck():
            made = place.repository.create_check_run(
                write.name, write.head, external_id=write.external_id, **_check(write)
            )
            return made.id
        case UpdateCheck():
            place.repository.get_check_run(write.check).edit(**_check(write))
        case SetStatus():
            place.repository.get_commit(write.head).create_status(
                write.state,
                target_url=write.url or GithubObject.NotSet,
                description=write.description,
                context=write.context,
            )
    return 0


def _post_review(place: _Place, write: PostReview) -> None:
    # always of this commit: without one, it lands on whatever is the newest by then
    place.pull.create_review(
        place.repository.get_commit(write.head),
        body=write.body,
        event=write.event.value,
        comments=list(map(_on_lines, write.comments)),
    )


def _on_lines(comment: InlineComment) -> ReviewComment:
    """Return a comment as REST wants it."""
    about: dict[str, Any] = {
        "path": comment.path,
        "line": comment.line,
        "side": "RIGHT",
        "body": comment.body,
    }
    if comment.start_line and comment.start_line != comment.line:
        about |= {"start_line": comment.start_line, "start_side": "RIGHT"}
    return cast("ReviewComment", about)


def _check(write: CreateCheck | UpdateCheck) -> dict[str, Any]:
    """Return what creating and editing a check run have in common."""
    about: dict[str, Any] = {
        "status": write.status,
        "output": _output(write.output, write.annotations),
    }
    if write.conclusion:
        about["conclusion"] = write.conclusion.value
    if write.details_url:
        about["details_url"] = write.details_url
    return about


def _output(output: CheckOutput, annotations: Sequence[Annotation]) -> dict[str, Any]:
    said: dict[str, Any] = {"title": output.title, "summary": output.summary}
    if output.text:
        said["text"] = output.text
    if annotations:
        said["annotations"] = list(map(_annotation, annotations))
    return said


def _annotation(annotation: Annotation) -> dict[str, Any]:
    about: dict[str, Any] = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level,
        "title": annotation.title,
        "message": annotation.message,
    }
    if annotation.start_column and annotation.start_line == annotation.end_line:
        about |= {"start_column": annotation.start_column, "end_column": annotation.start_column}
    return about


def _settle(connection: Connection, write: SettleThreads, what: str) -> None:
    """Say in all these threads that they are fixed; one that is gone needs nothing said."""
    document, variables = settling(write.threads)
    try:
        answered = connection.graphql(document, variables, write=True, creates=True, what=what)
    except Gone:
        return
    for trouble in answered.errors:
        error = trouble.error(what)
        if not isinstance(error, Gone):
            raise error
