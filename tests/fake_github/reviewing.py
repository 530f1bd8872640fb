"""How a review comes to be: GitHub's rules, kept for programs and people alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fake_github import git_state, lines, telling
from tests.fake_github.accounts import Account
from tests.fake_github.lines import Place
from tests.fake_github.routing import unprocessable
from tests.fake_github.state import Pull, Review, ReviewComment, Thread

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

LONGEST = 65_536
TOO_LONG = f"Body is too long (maximum is {LONGEST} characters)"
NO_BODY = "Body can't be blank"
ONE_PENDING = "User can only have one pending review per pull request"
NOT_PART = "commit_id is not part of the pull request"
NOT_ACTIONS = "GitHub Actions is not permitted to approve pull requests."
STATES = {
    "COMMENT": "COMMENTED",
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
}
OWN = {
    "APPROVE": "Review Can not approve your own pull request",
    "REQUEST_CHANGES": "Review Can not request changes on your own pull request",
}


@dataclass(frozen=True)
class Draft:
    """A comment that a review shall have."""

    place: Place
    body: str


def create(
    hub: Hub,
    pull: Pull,
    author: Account,
    *,
    event: str = "",
    body: str = "",
    commit: str = "",
    drafts: Sequence[Draft] = (),
) -> Review:
    """Make a review, pending without an event; all of it, or nothing (RefusedError: 422)."""
    if any(r.state == "PENDING" and r.author is author for r in pull.reviews):
        raise unprocessable(ONE_PENDING)
    commit = commit or pull.head_sha
    _check_commit(pull, commit)
    _check_bodies(body, drafts)
    if event:
        _check_event(hub, pull, author, event, body, len(drafts))
    for draft in drafts:  # which one it was, GitHub does not say
        if why := lines.refusal(pull, commit, draft.place):
            raise unprocessable(why)
    review = Review(hub.next_id(), pull, author, body, "PENDING", commit, None, hub.now())
    pull.reviews.append(review)
    for draft in drafts:
        _comment(hub, review, draft)
    if event:
        _submit(hub, review, event)
    return review


def submit(hub: Hub, review: Review, event: str, body: str | None) -> None:
    """Submit a pending review."""
    assert review.author is not None
    said = review.body if body is None else body
    _check_bodies(said, ())
    _check_event(hub, review.pull, review.author, event, said, len(review.comments))
    review.body = said
    _submit(hub, review, event)


def reply(hub: Hub, thread: Thread, author: Account, body: str) -> ReviewComment:
    """Answer in a thread: GitHub makes a review without a body for it."""
    _check_bodies(body, ())
    if not body.strip():
        raise unprocessable(NO_BODY)
    pull, first = thread.pull, thread.comments[0]
    now = hub.now()
    review = Review(hub.next_id(), pull, author, "", "COMMENTED", pull.head_sha, now, now)
    answer = ReviewComment(
        hub.next_id(), author, body, now, now, review, thread, first.path,
        first.original_commit_id, first.original_line, first.original_start_line, first.side,
        first.start_side, first.diff_hunk, first,
    )  # fmt: skip
    pull.reviews.append(review)
    review.comments.append(answer)
    thread.comments.append(answer)
    telling.of_line(hub, answer)
    return answer


def remove_comment(comment: ReviewComment) -> None:
    """Delete a comment; a thread without any is gone, too."""
    thread = comment.thread
    thread.comments.remove(comment)
    comment.review.comments.remove(comment)
    if not thread.comments:
        thread.pull.threads.remove(thread)


def remove_review(review: Review) -> None:
    """Delete a pending review with all it has."""
    for comment in tuple(review.comments):
        remove_comment(comment)
    review.pull.reviews.remove(review)


def _submit(hub: Hub, review: Review, event: str) -> None:
    review.state = STATES[event]
    review.submitted_at = review.updated_at = hub.now()
    for comment in review.comments:
        telling.of_line(hub, comment)


def _comment(hub: Hub, review: Review, draft: Draft) -> None:
    place, pull = draft.place, review.pull
    thread = Thread(hub.next_id(), pull)
    start_side = (place.start_side or place.side) if place.start_line else None
    comment = ReviewComment(
        hub.next_id(), review.author, draft.body, hub.now(), hub.now(), review, thread,
        place.path, review.commit_id, place.line, place.start_line, place.side, start_side,
        lines.excerpt(pull, review.commit_id, place),
    )  # fmt: skip
    thread.comments.append(comment)
    review.comments.append(comment)
    pull.threads.append(thread)


def _check_commit(pull: Pull, commit: str) -> None:
    """Only commits of the pull request can be reviewed, those that were pushed over included."""
    if commit in {pull.head_sha, *pull.former_heads}:
        return
    folder = pull.repo.folder
    if (
        git_state.commit_of(folder, commit) != commit
        or git_state.merge_base(folder, commit, pull.head_sha) != commit
    ):
        raise unprocessable(NOT_PART)


def _check_bodies(body: str, drafts: Iterable[Draft]) -> None:
    if len(body) > LONGEST or any(len(draft.body) > LONGEST for draft in drafts):
        raise unprocessable(TOO_LONG)
    if any(not draft.body.strip() for draft in drafts):
        raise unprocessable(NO_BODY)


def _check_event(
    hub: Hub, pull: Pull, author: Account, event: str, body: str, comments: int
) -> None:
    if event not in STATES:
        raise unprocessable(
            "Variable $event of type PullRequestReviewEvent was provided invalid value"
        )
    if author is pull.author and event in OWN:
        raise unprocessable(OWN[event])
    if event == "APPROVE" and author is hub.actions_app.account:
        raise unprocessable(NOT_ACTIONS)
    if not body.strip() and (event == "REQUEST_CHANGES" or (event == "COMMENT" and not comments)):
        raise unprocessable(NO_BODY)
