"""What GraphQL answers of threads, comments and reviews, and of who wrote them."""

from __future__ import annotations

from typing import Any

from tests.fake_github.access import association
from tests.fake_github.accounts import Account
from tests.fake_github.git_objects import Commit
from tests.fake_github.graphql_question import Field, Fields, Question, page
from tests.fake_github.state import Comment, IssueComment, Pull, Review, ReviewComment, Thread


def actor(account: Account | None, _: Question) -> Account | None:
    """Return somebody as an `Actor`; null where the account is gone."""
    return account


def _resolver(thread: Thread, _: Question) -> Account | None:
    """Return who resolved a thread: the type is `User`, so that an App's bot is null."""
    who = thread.resolved_by
    return None if who is None or who.is_bot else who


def _may_resolve(thread: Thread, question: Question) -> bool:
    return question.can_push(thread.pull.repo) or question.is_mine(thread.pull.author)


def pull_of(thing: Any) -> Pull:
    """Return the pull request that a comment or review is on."""
    if isinstance(thing, ReviewComment):
        return thing.thread.pull
    pull: Pull = thing.pull
    return pull


def _url(thing: Any, question: Question) -> str:
    pull = pull_of(thing)
    anchors: dict[type, str] = {
        IssueComment: "issuecomment-",
        ReviewComment: "discussion_r",
        Review: "pullrequestreview-",
    }
    anchor = f"{anchors[type(thing)]}{thing.id}"
    return f"{question.hub.web_url}/{pull.repo.full_name}/pull/{pull.number}#{anchor}"


WRITTEN: dict[str, Field] = {
    "id": lambda one, _: one.node_id,
    "databaseId": lambda one, _: one.id,
    "fullDatabaseId": lambda one, _: str(one.id),  # BigInt: a string
    "body": lambda one, _: one.body,
    "author": lambda one, question: actor(one.author, question),
    "authorAssociation": lambda one, _: association(pull_of(one).repo, one.author),
    "viewerDidAuthor": lambda one, question: question.is_mine(one.author),
    "url": _url,
    "pullRequest": lambda one, _: pull_of(one),
    "repository": lambda one, _: pull_of(one).repo,
    "updatedAt": lambda one, _: one.updated_at,
}
"""What comments and reviews have in common."""


def _may_hide(comment: Comment, question: Question) -> bool:
    return question.is_mine(comment.author) or question.can_push(pull_of(comment).repo)


COMMENT: dict[str, Field] = WRITTEN | {
    "createdAt": lambda comment, _: comment.created_at,
    "publishedAt": lambda comment, _: comment.created_at,
    "isMinimized": lambda comment, _: bool(comment.minimized),
    "minimizedReason": lambda comment, _: comment.minimized.lower() or None,
    "viewerCanMinimize": _may_hide,
    "viewerCanUpdate": _may_hide,
    "viewerCanDelete": _may_hide,
}

FIELDS: Fields = {
    "PullRequestReviewThread": {
        "id": lambda thread, _: thread.node_id,
        "isResolved": lambda thread, _: thread.resolved,
        "isOutdated": lambda thread, question: question.hub.outdated(thread),
        "isCollapsed": lambda thread, question: thread.resolved or question.hub.outdated(thread),
        "path": lambda thread, _: thread.comments[0].path,
        "line": lambda thread, question: question.hub.line(thread.comments[0]),
        "startLine": lambda thread, question: question.hub.start_line(thread.comments[0]),
        "originalLine": lambda thread, _: thread.comments[0].original_line,
        "originalStartLine": lambda thread, _: thread.comments[0].original_start_line,
        "diffSide": lambda thread, _: thread.comments[0].side,
        "startDiffSide": lambda thread, _: thread.comments[0].start_side,
        "subjectType": lambda thread, _: "LINE" if thread.comments[0].original_line else "FILE",
        "resolvedBy": _resolver,
        "viewerCanReply": lambda *_: True,
        "viewerCanResolve": lambda thread, question: (
            not thread.resolved and _may_resolve(thread, question)
        ),
        "viewerCanUnresolve": lambda thread, question: (
            thread.resolved and _may_resolve(thread, question)
        ),
        "comments": lambda thread, question: page(thread.comments, question),
        "pullRequest": lambda thread, _: thread.pull,
        "repository": lambda thread, _: thread.pull.repo,
    },
    "PullRequestReviewComment": COMMENT
    | {
        "path": lambda comment, _: comment.path,
        "line": lambda comment, question: question.hub.line(comment),
        "startLine": lambda comment, question: question.hub.start_line(comment),
        "originalLine": lambda comment, _: comment.original_line,
        "originalStartLine": lambda comment, _: comment.original_start_line,
        "outdated": lambda comment, question: question.hub.outdated(comment.thread),
        "diffHunk": lambda comment, _: comment.diff_hunk,
        "draftedAt": lambda comment, _: comment.created_at,
        "originalCommit": lambda comment, _: _at(comment, comment.original_commit_id),
        "commit": lambda comment, _: _at(comment, comment.thread.pull.head_sha),
        "replyTo": lambda comment, _: comment.in_reply_to,
        "pullRequestReview": lambda comment, _: comment.review,
        "state": lambda comment, _: "PENDING" if comment.thread.pending else "SUBMITTED",
    },
    "IssueComment": COMMENT,
    "PullRequestReview": WRITTEN
    | {
        "state": lambda review, _: review.state,
        "commit": lambda review, _: _at(review, review.commit_id),
        "submittedAt": lambda review, _: review.submitted_at,
        "createdAt": lambda review, _: review.submitted_at or review.updated_at,
        "comments": lambda review, question: page(review.comments, question),
    },
}


def _at(thing: Any, oid: str) -> Commit:
    return Commit(pull_of(thing).repo, oid)
