from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.forge.conversation import Conversation, PostedReview
from tasks.core.forge.markers import ReviewMark, read_review, review_mark
from tasks.core.forge.review import WHOLE, event_of, left_behind, review_of, taken_back
from tasks.core.forge.writes import Event, InlineComment, RemovePending
from tasks.core.policy import SayPolicy
from tasks.core.report import Gap
from tests.tasks.core.forge.scenes import about, finding, verdict
from tests.tasks.core.forge.simulated import ME, context, head

PASSED = verdict()
FAILED = verdict(finding(severity="error"))
BLIND = verdict(gaps=[Gap(who="ruff", why="it broke")])
COMMENT = InlineComment("a.py", 1, "text", "f" * 16)


def conversation(*reviews: tuple[str, str], **values: object) -> Conversation:
    """Return one in which we wrote reviews of these states, about these heads."""
    posted = tuple(
        PostedReview(number, of, state, f"{review_mark(of, 'run-0')}\n\ntext", ours=True)
        for number, (state, of) in enumerate(reviews, 1)
    )
    return Conversation(context(**values), me=ME, reviews=posted)


@pytest.mark.parametrize(
    ("decided", "say", "event"),
    [
        (PASSED, {}, Event.COMMENT),  # by default nothing is approved
        (PASSED, {"approve": True}, Event.APPROVE),
        (FAILED, {}, Event.REQUEST_CHANGES),
        (FAILED, {"request_changes": False}, Event.COMMENT),
        (FAILED, {"approve": True}, Event.REQUEST_CHANGES),
        (BLIND, {"approve": True}, Event.COMMENT),
    ],
)
def test_the_event_is_by_verdict_and_policy(decided, say, event):
    assert event_of(decided, conversation(), SayPolicy(**say)) is event


@pytest.mark.parametrize(
    ("me", "author", "bot", "event"),
    [
        ("ann", "ann", False, Event.COMMENT),
        ("ann", "bob", False, Event.REQUEST_CHANGES),
        ("app[bot]", "app[bot]", True, Event.COMMENT),
        ("app[bot]", "app", True, Event.COMMENT),
        ("app", "app[bot]", True, Event.COMMENT),
        # a person may be called as an app is
        ("app[bot]", "app", False, Event.REQUEST_CHANGES),
    ],
)
def test_on_ones_own_pull_request_there_are_only_comments(me, author, bot, event):
    mine = replace(conversation(author=author, bot=bot), me=me)
    assert event_of(FAILED, mine, SayPolicy()) is event


@pytest.mark.parametrize(
    ("decided", "comments", "reviews", "posted"),
    [
        (PASSED, 0, [], None),
        (BLIND, 0, [], None),
        (PASSED, 1, [], Event.COMMENT),
        (FAILED, 0, [], Event.REQUEST_CHANGES),
        (FAILED, 0, [("CHANGES_REQUESTED", head(0))], None),  # it stands
        (FAILED, 1, [("CHANGES_REQUESTED", head(0))], Event.REQUEST_CHANGES),
        (FAILED, 0, [("CHANGES_REQUESTED", head(0)), ("COMMENTED", head(2))], None),
        (FAILED, 0, [("DISMISSED", head(0))], Event.REQUEST_CHANGES),
        (FAILED, 0, [("CHANGES_REQUESTED", head(0)), ("APPROVED", head(2))], Event.REQUEST_CHANGES),
        # this head has its review, whatever became of it
        (FAILED, 1, [("COMMENTED", head(1))], None),
        (FAILED, 1, [("DISMISSED", head(1))], None),
        (FAILED, 1, [("PENDING", head(1))], Event.REQUEST_CHANGES),  # which is not posted
    ],
)
def test_a_head_has_one_review_if_there_is_something_to_say(decided, comments, reviews, posted):
    review = review_of(decided, conversation(*reviews), about(), (COMMENT,) * comments)
    assert (review and review.event) == posted
    if review:
        assert review.head == head(1)
        assert len(review.comments) == comments


def test_reviews_of_others_do_not_count():
    mine = conversation(("CHANGES_REQUESTED", head(1)))
    theirs = replace(mine, reviews=tuple(replace(r, ours=False) for r in mine.reviews))
    assert review_of(FAILED, mine, about(), ()) is None
    assert review_of(FAILED, theirs, about(), ()) is not None
    assert taken_back(PASSED, theirs, SayPolicy()) == ()


def test_a_review_without_our_mark_is_not_that_of_the_head():
    mine = conversation(("COMMENTED", head(1)))
    by_hand = replace(mine, reviews=tuple(replace(r, body="looks good") for r in mine.reviews))
    assert review_of(FAILED, by_hand, about(), ()) is not None


def test_the_body_is_short_and_says_where_the_rest_is():
    review = review_of(FAILED, conversation(), about(), (COMMENT, COMMENT))
    mark, line, told = review.body.split("\n\n")
    assert read_review(mark) == ReviewMark(head(1), "run-1")
    assert line == "❌ **Failed**: 1 error"
    assert told == f"2 comments on the lines below. {WHOLE}"
    assert review_of(FAILED, conversation(), about(), ()).body.endswith(f"\n\n{WHOLE}")


@pytest.mark.parametrize("state", ["APPROVED", "CHANGES_REQUESTED"])
@pytest.mark.parametrize("me", ["ann", "github-actions[bot]"])
def test_what_a_person_or_another_workflow_decided_is_not_taken_back(me, state):
    """They share the account with us: only the mark tells who wrote it."""
    review = PostedReview(1, head(1), state, "looks good", ours=True)
    theirs = replace(conversation(), me=me, reviews=(review,))
    assert taken_back(PASSED, theirs, SayPolicy()) == ()
    assert taken_back(FAILED, theirs, SayPolicy()) == ()


@pytest.mark.parametrize(
    ("me", "ours", "state", "body", "removed"),
    [
        ("app[bot]", False, "PENDING", "", False),
        ("app[bot]", True, "COMMENTED", review_mark(head(1), "run"), False),
        ("ann", True, "PENDING", "", False),
        ("ann", True, "PENDING", "what I think of it", False),
        ("ann", True, "PENDING", review_mark(head(1), "trial"), True),
        ("app[bot]", True, "PENDING", "", True),  # no person writes as an App
    ],
)
def test_only_pending_reviews_of_our_own_are_removed(me, ours, state, body, removed):
    review = PostedReview(7, head(1), state, body, ours=ours)
    pending = replace(conversation(), me=me, reviews=(review,))
    assert left_behind(pending) == ((RemovePending(7),) if removed else ())


STANDING = [("CHANGES_REQUESTED", head(2)), ("APPROVED", head(3)), ("COMMENTED", head(4))]


@pytest.mark.parametrize(
    ("decided", "say", "back"),
    [
        (PASSED, {}, [1, 2]),  # approving is switched off by now
        (PASSED, {"approve": True}, [1]),
        (FAILED, {}, [2]),
        (FAILED, {"request_changes": False}, [1, 2]),
        (BLIND, {}, [2]),  # who did not look does not know that it is mended
        (BLIND, {"approve": True}, [2]),
    ],
)
def test_what_does_not_hold_any_more_is_taken_back(decided, say, back):
    writes = taken_back(decided, conversation(*STANDING), SayPolicy(**say))
    assert [write.review for write in writes] == back
    assert all(f"`{head(1)[:7]}`" in write.message for write in writes)
