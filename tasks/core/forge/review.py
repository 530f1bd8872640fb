"""The one review of a head: what it does, what it says, and which earlier ones it takes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.core.context import SHORT
from tasks.core.forge.about import About
from tasks.core.forge.conversation import Conversation, PostedReview
from tasks.core.forge.markers import read_review, review_mark
from tasks.core.forge.writes import (
    DismissReview,
    Event,
    InlineComment,
    PostReview,
    RemovePending,
)
from tasks.core.policy import SayPolicy
from tasks.core.render.as_markdown import ANSWER
from tasks.core.render.escape import for_markdown
from tasks.core.render.words import count, headline
from tasks.core.verdict import Answer, Verdict

BOT = "[bot]"
PENDING = "PENDING"
STATES = {Event.APPROVE: "APPROVED", Event.REQUEST_CHANGES: "CHANGES_REQUESTED"}
"""What GitHub makes of an event that stands until another one takes its place."""

WHOLE = "Everything else is in the summary comment of this pull request."


def event_of(verdict: Verdict, conversation: Conversation, say: SayPolicy) -> Event:
    """Return what the review of this verdict does; on one's own pull request GitHub has no say."""
    if _is_mine(conversation):
        return Event.COMMENT
    if verdict.answer is Answer.FAILED and say.request_changes:
        return Event.REQUEST_CHANGES
    if verdict.answer is Answer.PASSED and say.approve:
        return Event.APPROVE
    return Event.COMMENT


def review_of(
    verdict: Verdict, conversation: Conversation, about: About, comments: Sequence[InlineComment]
) -> PostReview | None:
    """Return the review to post, or None: this head has one, or there is nothing to say."""
    if is_reviewed(conversation, verdict.head):
        return None
    event = event_of(verdict, conversation, about.policy.say)
    stands = STATES.get(event) in {None, _standing(conversation)}
    if stands and not comments:
        return None
    body = _body(verdict, about.run, len(comments))
    return PostReview(head=verdict.head, event=event, body=body, comments=tuple(comments))


def is_reviewed(conversation: Conversation, head: str) -> bool:
    """Return whether a review of ours is about this head."""
    marks = (read_review(review.body) for review in _ours(conversation))
    return any(mark is not None and mark.head == head for mark in marks)


def taken_back(
    verdict: Verdict, conversation: Conversation, say: SayPolicy
) -> tuple[DismissReview, ...]:
    """Return our earlier reviews that do not hold any more.

    A request for changes is taken back by nothing less than a verdict that passed: who did
    not look does not know. One without our mark was written by the person who lends us a token,
    or by another workflow: it is not ours to take back.
    """
    mended = verdict.answer is Answer.PASSED or not say.request_changes
    agreed = verdict.answer is Answer.PASSED and say.approve
    over = {STATES[Event.REQUEST_CHANGES]: mended, STATES[Event.APPROVE]: not agreed}
    why = f"This no longer holds at `{verdict.head[:SHORT]}`: {_line(verdict)}"
    return tuple(
        DismissReview(review.number, why)
        for review in _ours(conversation)
        if over.get(review.state, False) and read_review(review.body)
    )


def left_behind(conversation: Conversation) -> tuple[RemovePending, ...]:
    """Return the pending reviews to remove: a crash of ours left them, and they are in our way.

    With a person's token, one without our mark is what that person is just writing.
    """
    app = conversation.me.endswith(BOT)
    return tuple(
        RemovePending(review.number)
        for review in conversation.reviews
        if review.ours and review.state == PENDING and (app or read_review(review.body))
    )


def _is_mine(conversation: Conversation) -> bool:
    """Return whether we wrote the pull request; the names of apps come with an ending or without.

    A person may have the name of an app, without the ending.
    """
    me, author = conversation.me, conversation.context.author
    if conversation.context.bot:
        return me.removesuffix(BOT) == author.removesuffix(BOT)
    return me == author


def _ours(conversation: Conversation) -> Iterator[PostedReview]:
    return (r for r in conversation.reviews if r.ours and r.state != PENDING)


def _standing(conversation: Conversation) -> str:
    """Return which word of ours holds; a comment takes nothing back."""
    said = [review for review in _ours(conversation) if review.state in STATES.values()]
    return max(said, key=lambda review: review.number).state if said else ""


def _body(verdict: Verdict, run: str, comments: int) -> str:
    """Return the text of a review: the verdict, and where the rest is."""
    told = f"{count(comments, 'comment')} on the lines below. {WHOLE}" if comments else WHOLE
    line = f"{ANSWER[verdict.answer]} {_line(verdict)}"
    return f"{review_mark(verdict.head, run)}\n\n{line}\n\n{told}"


def _line(verdict: Verdict) -> str:
    answer, rest = headline(verdict)
    return f"**{answer}**: {for_markdown(rest)}"
