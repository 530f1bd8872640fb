"""What GraphQL can change: threads are resolved, comments are edited and hidden."""

from __future__ import annotations

from typing import Any, TypeVar

from tests.fake_github.graphql_comments import pull_of
from tests.fake_github.graphql_pulls import thing
from tests.fake_github.graphql_question import Fields, Question, RefusedError
from tests.fake_github.state import Comment, IssueComment, Repo, ReviewComment, Thread

MOST = 65_536
NO_SCOPE = "Your token has not been granted the required scopes to execute this query."
Thing = TypeVar("Thing")


def _found(question: Question, id_: str, kind: type[Thing], name: str) -> Thing:
    found = thing(question, id_)
    if not isinstance(found, kind):
        raise RefusedError(
            "NOT_FOUND", f"Could not resolve to {name} node with the global id of '{id_}'."
        )
    return found


def _demand(question: Question, repo: Repo, *permissions: str) -> None:
    """Go on only if the token is good for this: people's own rights come later."""
    if question.caller.kind == "classic":
        if not {"repo", "public_repo"} & set(question.caller.scopes):
            raise RefusedError("INSUFFICIENT_SCOPES", NO_SCOPE)
        return
    for permission in permissions:
        if not question.permits(repo, permission):
            kind = "integration" if question.caller.integration else "personal access token"
            raise RefusedError("FORBIDDEN", f"Resource not accessible by {kind}")


def _not_allowed(question: Question, mutation: str) -> RefusedError:
    message = (
        f"{question.caller.login} does not have the correct permissions to execute `{mutation}`"
    )
    return RefusedError("FORBIDDEN", message)


def _turn(question: Question, mutation: str, *, resolved: bool) -> dict[str, Any]:
    """Resolve a thread, or take that back.

    A token needs `contents: write`, too, strange as it is:
    https://github.com/orgs/community/discussions/44650 and, measured for Apps and Actions,
    https://github.com/github/gh-aw/issues/35726. People need to be able to push, or be
    the pull request's author.
    """
    thread = _found(question, question["input"]["threadId"], Thread, "a PullRequestReviewThread")
    _demand(question, thread.pull.repo, "pull_requests", "contents")
    author = question.is_mine(thread.pull.author)
    if not author and not question.can_push(thread.pull.repo):
        raise _not_allowed(question, mutation)
    if thread.resolved != resolved:
        thread.resolved = resolved
        thread.resolved_by = question.caller.account if resolved else None
    return {"thread": thread}


def _edit(question: Question, comment: Comment, mutation: str) -> None:
    """Change a comment's text: its author may, and who can push."""
    repo, body = pull_of(comment).repo, question["input"]["body"]
    needed = "pull_requests" if isinstance(comment, ReviewComment) else "issues"
    if not (needed == "issues" and question.permits(repo, "pull_requests")):
        _demand(question, repo, needed)
    if not question.is_mine(comment.author) and not question.can_push(repo):
        raise _not_allowed(question, mutation)
    if not body.strip():
        raise RefusedError("UNPROCESSABLE", "Body can't be blank")
    if len(body) > MOST:
        raise RefusedError("UNPROCESSABLE", f"Body is too long (maximum is {MOST} characters)")
    comment.body, comment.updated_at = body, question.hub.now()


def _edit_on_line(_: object, question: Question) -> dict[str, Any]:
    id_ = question["input"]["pullRequestReviewCommentId"]
    comment = _found(question, id_, ReviewComment, "a PullRequestReviewComment")
    _edit(question, comment, "UpdatePullRequestReviewComment")
    return {"pullRequestReviewComment": comment}


def _edit_comment(_: object, question: Question) -> dict[str, Any]:
    comment = _found(question, question["input"]["id"], IssueComment, "an IssueComment")
    _edit(question, comment, "UpdateIssueComment")
    return {"issueComment": comment}


def _hide(question: Question, reason: str, mutation: str) -> Comment:
    comment = _found(question, question["input"]["subjectId"], Comment, "a Minimizable")
    repo = pull_of(comment).repo
    _demand(question, repo, "pull_requests")
    if not question.is_mine(comment.author) and not question.can_push(repo):
        raise _not_allowed(question, mutation)
    comment.minimized = reason
    return comment


FIELDS: Fields = {
    "Mutation": {
        "resolveReviewThread": lambda _, question: _turn(
            question, "ResolveReviewThread", resolved=True
        ),
        "unresolveReviewThread": lambda _, question: _turn(
            question, "UnresolveReviewThread", resolved=False
        ),
        "updatePullRequestReviewComment": _edit_on_line,
        "updateIssueComment": _edit_comment,
        "minimizeComment": lambda _, question: {
            "minimizedComment": _hide(question, question["input"]["classifier"], "MinimizeComment")
        },
        "unminimizeComment": lambda _, question: {
            "unminimizedComment": _hide(question, "", "UnminimizeComment")
        },
    },
}
"""A mutation's payload is a dictionary, answered by its keys: see graphql.py."""
