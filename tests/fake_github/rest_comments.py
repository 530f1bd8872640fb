"""REST: comments on lines, and on a pull request as a whole."""

from __future__ import annotations

from tests.fake_github import reviewing, telling
from tests.fake_github.access import refusal, role
from tests.fake_github.lines import Place
from tests.fake_github.rest_reactions import creator, lister
from tests.fake_github.reviewing import Draft
from tests.fake_github.routing import Answer, RefusedError, Request, Route, invalid, not_found
from tests.fake_github.shapes_pulls import issue_comment, review_comment
from tests.fake_github.state import Comment, IssueComment, ReviewComment


def _text(request: Request, resource: str) -> str:
    """The text of a comment, if it is one."""
    text = request.body.get("body")
    if not isinstance(text, str) or not text.strip():
        raise invalid(resource, "body", "missing_field", reviewing.NO_BODY)
    if len(text) > reviewing.LONGEST:
        raise invalid(resource, "body", "unprocessable", reviewing.TOO_LONG)
    return text


def _demand_own(request: Request, comment: Comment) -> None:
    """Let people change what is theirs; and those with write permission, and Apps, the rest."""
    caller = request.caller
    if caller.integration or comment.author is caller.account:
        return
    if role(request.repo, caller.account) not in {"write", "admin"}:
        raise RefusedError(403, refusal(caller, "pull_requests"))


def _edit(request: Request, comment: Comment, text: str) -> None:
    _demand_own(request, comment)
    comment.body, comment.updated_at = text, request.hub.now()


# -- on lines -------------------------------------------------------------------------------------


def _on_line(request: Request) -> ReviewComment:
    number, me = request.number("comment_id"), request.caller.account
    for pull in request.hub.pulls(request.repo):
        for thread in pull.threads:
            for comment in thread.comments:
                hidden = thread.pending and comment.author is not me
                if comment.id == number and not hidden:
                    return comment
    raise not_found()


def list_on_lines(request: Request) -> Answer:
    return request.page(request.pull.review_comments, lambda c: review_comment(request.hub, c))


def create_on_line(request: Request) -> Answer:
    """Comment on a line at once: GitHub makes a review for it."""
    sent, pull = request.body, request.pull
    place = Place(
        sent.get("path", ""),
        sent.get("line"),
        sent.get("start_line"),
        sent.get("side") or "RIGHT",
        sent.get("start_side"),
    )
    draft = Draft(place, _text(request, "PullRequestReviewComment"))
    made = reviewing.create(
        request.hub,
        pull,
        request.caller.account,
        event="COMMENT",
        commit=sent.get("commit_id", ""),
        drafts=[draft],
    )
    return Answer(201, review_comment(request.hub, made.comments[0]))


def get_on_line(request: Request) -> Answer:
    return Answer(200, review_comment(request.hub, _on_line(request)))


def edit_on_line(request: Request) -> Answer:
    comment = _on_line(request)
    _edit(request, comment, _text(request, "PullRequestReviewComment"))
    return Answer(200, review_comment(request.hub, comment))


def delete_on_line(request: Request) -> Answer:
    comment = _on_line(request)
    _demand_own(request, comment)
    reviewing.remove_comment(comment)
    return Answer(204)


def reply(request: Request) -> Answer:
    first = _on_line(request)
    if first.in_reply_to or first.thread.pull is not request.pull:
        raise not_found()  # only what began a thread can be answered
    text = _text(request, "PullRequestReviewComment")
    made = reviewing.reply(request.hub, first.thread, request.caller.account, text)
    return Answer(201, review_comment(request.hub, made))


# -- on the whole ---------------------------------------------------------------------------------


def _on_whole(request: Request) -> IssueComment:
    number = request.number("comment_id")
    for pull in request.repo.pulls.values():
        for comment in pull.comments:
            if comment.id == number:
                return comment
    raise not_found()


def list_on_whole(request: Request) -> Answer:
    since = request.query.get("since", "")
    found = [c for c in request.pull.comments if c.updated_at >= since]
    return request.page(found, lambda c: issue_comment(request.hub, c))


def create_on_whole(request: Request) -> Answer:
    hub, pull, now = request.hub, request.pull, request.hub.now()
    text = _text(request, "IssueComment")
    made = IssueComment(hub.next_id(), request.caller.account, text, now, now, pull)
    pull.comments.append(made)
    telling.of_comment(hub, made)
    return Answer(201, issue_comment(hub, made))


def get_on_whole(request: Request) -> Answer:
    return Answer(200, issue_comment(request.hub, _on_whole(request)))


def edit_on_whole(request: Request) -> Answer:
    comment = _on_whole(request)
    _edit(request, comment, _text(request, "IssueComment"))
    return Answer(200, issue_comment(request.hub, comment))


def delete_on_whole(request: Request) -> Answer:
    comment = _on_whole(request)
    _demand_own(request, comment)
    comment.pull.comments.remove(comment)
    return Answer(204)


LINES = "/repos/{owner}/{repo}/pulls/{pull_number}/comments"
LINE = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
WHOLES = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
WHOLE = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
PULLS, EITHER = ("pull_requests",), ("issues", "pull_requests")
ROUTES = (
    Route("GET", LINES, list_on_lines, PULLS),
    Route("POST", LINES, create_on_line, PULLS),
    Route("POST", LINES + "/{comment_id}/replies", reply, PULLS),
    Route("GET", LINE, get_on_line, PULLS),
    Route("PATCH", LINE, edit_on_line, PULLS),
    Route("DELETE", LINE, delete_on_line, PULLS),
    Route("GET", LINE + "/reactions", lister(_on_line), PULLS),
    Route("POST", LINE + "/reactions", creator(_on_line), PULLS),
    Route("GET", WHOLES, list_on_whole, EITHER),
    Route("POST", WHOLES, create_on_whole, EITHER),
    Route("GET", WHOLE, get_on_whole, EITHER),
    Route("PATCH", WHOLE, edit_on_whole, EITHER),
    Route("DELETE", WHOLE, delete_on_whole, EITHER),
    Route("GET", WHOLE + "/reactions", lister(_on_whole), EITHER),
    Route("POST", WHOLE + "/reactions", creator(_on_whole), EITHER),
)
