"""REST: reviews."""

from __future__ import annotations

from typing import Any

from tests.fake_github import lines, reviewing
from tests.fake_github.access import role
from tests.fake_github.lines import Place
from tests.fake_github.reviewing import Draft
from tests.fake_github.routing import Answer, Request, Route, not_found, refused, unprocessable
from tests.fake_github.shapes_pulls import review, review_comment
from tests.fake_github.state import Pull, Review


def _seen(request: Request) -> list[Review]:
    """The reviews that the caller sees: of the pending ones, only their own."""
    me = request.caller.account
    return [r for r in request.pull.reviews if r.state != "PENDING" or r.author is me]


def _wanted(request: Request) -> Review:
    number = request.number("review_id")
    for found in _seen(request):
        if found.id == number:
            return found
    raise not_found()


def list_reviews(request: Request) -> Answer:
    return request.page(_seen(request), lambda r: review(request.hub, r))


def get_review(request: Request) -> Answer:
    return Answer(200, review(request.hub, _wanted(request)))


def create_review(request: Request) -> Answer:
    body, pull = request.body, request.pull
    commit = body.get("commit_id") or pull.head_sha
    made = reviewing.create(
        request.hub,
        pull,
        request.caller.account,
        event=body.get("event") or "",
        body=body.get("body") or "",
        commit=commit,
        drafts=[_draft(pull, commit, comment) for comment in body.get("comments") or ()],
    )
    return Answer(200, review(request.hub, made))


def _draft(pull: Pull, commit: str, sent: dict[str, Any]) -> Draft:
    path, line, side = sent.get("path", ""), sent.get("line"), sent.get("side") or "RIGHT"
    if line is None and "position" in sent:
        line, side = _at(pull, commit, path, sent["position"])
    place = Place(path, line, sent.get("start_line"), side, sent.get("start_side"))
    return Draft(place, sent.get("body", ""))


def _at(pull: Pull, commit: str, path: str, position: int) -> tuple[int | None, str]:
    """The line at a position of the diff, which is how it was said in older times."""
    file = lines.changes(pull, commit).get(path)
    for one in (one for hunk in (file.hunks if file else ()) for one in hunk):
        if one.position == position:
            return (one.new, "RIGHT") if one.new else (one.old, "LEFT")
    return None, "RIGHT"


def update_review(request: Request) -> Answer:
    found = _wanted(request)
    if found.author is not request.caller.account:
        raise not_found()
    text = request.body.get("body", "")
    if len(text) > reviewing.LONGEST:
        raise unprocessable(reviewing.TOO_LONG)
    found.body, found.updated_at = text, request.hub.now()
    return Answer(200, review(request.hub, found))


def delete_review(request: Request) -> Answer:
    found = _wanted(request)
    if found.state != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    shown = review(request.hub, found)
    reviewing.remove_review(found)
    return Answer(200, shown)


def submit_review(request: Request) -> Answer:
    found = _wanted(request)
    if found.state != "PENDING":
        raise unprocessable("Can not submit a non-pending pull request review")
    reviewing.submit(request.hub, found, request.body.get("event", ""), request.body.get("body"))
    return Answer(200, review(request.hub, found))


def dismiss_review(request: Request) -> Answer:
    found, caller = _wanted(request), request.caller
    if caller.personal and role(request.repo, caller.account) not in {"write", "admin"}:
        return refused(403, "Resource not accessible by personal access token")
    if found.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        state = found.state.lower().replace("_", " ")
        raise unprocessable(f"Can not dismiss a {state} pull request review")
    if not str(request.body.get("message", "")).strip():
        raise unprocessable("Message can't be blank")
    found.state, found.updated_at = "DISMISSED", request.hub.now()
    return Answer(200, review(request.hub, found))


def list_review_comments(request: Request) -> Answer:
    """List a review's comments, in the older shape: without lines, where GitHub leaves them out."""
    return request.page(_wanted(request).comments, lambda c: review_comment(request.hub, c))


REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
REVIEW = REVIEWS + "/{review_id}"
NEEDS = ("pull_requests",)
ROUTES = (
    Route("GET", REVIEWS, list_reviews, NEEDS),
    Route("POST", REVIEWS, create_review, NEEDS),
    Route("GET", REVIEW, get_review, NEEDS),
    Route("PUT", REVIEW, update_review, NEEDS),
    Route("DELETE", REVIEW, delete_review, NEEDS),
    Route("POST", REVIEW + "/events", submit_review, NEEDS),
    Route("PUT", REVIEW + "/dismissals", dismiss_review, NEEDS),
    Route("GET", REVIEW + "/comments", list_review_comments, NEEDS),
)
