"""What each answer of GitHub teaches, and when nothing is left to try."""

from __future__ import annotations

import pytest

from tasks.core.forge.limits import Wait
from tasks.core.forge.writes import (
    CheckOutput,
    CreateCheck,
    DeleteComment,
    DismissReview,
    EditSummary,
    Event,
    InlineComment,
    PostReview,
    PostSummary,
    Right,
    SettleThreads,
    UpdateCheck,
)
from tasks.forge.course import Course
from tasks.forge.errors import (
    Ambiguous,
    BadCredentials,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
    Unreachable,
)

HEAD = "a" * 40
COMMENTS = (InlineComment("a.py", 1, "one", "f1"), InlineComment("a.py", 2, "two", "f2"))
REVIEW = PostReview(HEAD, Event.REQUEST_CHANGES, "no", COMMENTS)
PLAIN = PostReview(HEAD, Event.COMMENT, "look", ())
OUTPUT = CheckOutput("title", "summary")
CHECK = CreateCheck(HEAD, "review", "id", "queued", OUTPUT)
SUMMARY = PostSummary("body")

LINE = Refused("posting", "Unprocessable Entity", 422, ["line must be part of the diff"])
OWN = Refused("posting", "Can not request changes on your own pull request")
BY_ACTIONS = Refused(
    "posting", "", 422, ["GitHub Actions is not permitted to approve pull requests"]
)
PENDING = Refused("posting", "", 422, ["User can only have one pending review per pull request"])


def test_where_nothing_went_wrong_everything_is_tried():
    assert Course().left_of([REVIEW, SUMMARY]) == (REVIEW, SUMMARY)


@pytest.mark.parametrize(
    "error",
    [
        Ambiguous("posting"),
        Unreachable("posting"),
        RateLimited("posting", Wait(5, "slow")),
        PENDING,
    ],
)
def test_what_may_go_well_the_next_time_is_counted_and_tried_again(error):
    course = Course().after(REVIEW, error)
    assert course.failures == 1
    assert course.left_of([REVIEW]) == (REVIEW,)


def test_what_teaches_nothing_is_raised():
    with pytest.raises(BadCredentials):
        Course().after(REVIEW, BadCredentials("posting"))


@pytest.mark.parametrize(
    ("write", "right"),
    [
        (REVIEW, Right.REVIEWS),
        (SUMMARY, Right.COMMENTS),
        (EditSummary(1, "body"), Right.COMMENTS),
        (CHECK, Right.CHECKS),
        (UpdateCheck(1, "completed", OUTPUT), Right.CHECKS),
        (SettleThreads(()), Right.THREADS),
    ],
)
def test_a_right_that_is_lacking_is_remembered(write, right):
    assert Course().after(write, NotAllowed("it")).trouble.forbidden == {right}


@pytest.mark.parametrize("write", [DeleteComment(1), DismissReview(1, "passes")])
def test_who_may_not_take_back_may_still_say(write):
    course = Course().after(write, NotAllowed("taking back", "Forbidden"))
    assert course.trouble.forbidden == frozenset()
    assert "taking back" in course.trouble.failed[0]
    assert course.left_of([write, REVIEW]) == (REVIEW,)


@pytest.mark.parametrize("error", [OWN, BY_ACTIONS])
def test_a_review_whose_event_is_refused_becomes_a_comment(error):
    course = Course().after(REVIEW, error)
    (left,) = course.left_of([REVIEW])
    assert left == PostReview(HEAD, Event.COMMENT, "no", COMMENTS)
    assert not course.suspects_comments(REVIEW, LINE) or course.suspects_comments(left, LINE)


def test_only_comments_that_may_be_the_reason_are_suspected():
    assert Course().suspects_comments(REVIEW, LINE)
    assert not Course().suspects_comments(REVIEW, OWN)
    assert not Course().suspects_comments(REVIEW, PENDING)
    assert not Course().suspects_comments(REVIEW, Gone("posting"))
    assert not Course().suspects_comments(PLAIN, LINE)
    assert not Course().suspects_comments(SUMMARY, LINE)


def test_blamed_comments_are_remembered_with_the_earlier_ones():
    course = Course().blaming({"f1": "no"}).blaming({"f2": "neither"})
    assert course.trouble.refused == {"f1": "no", "f2": "neither"}
    assert course.halvings == 2


@pytest.mark.parametrize("error", [Refused("editing", "too long"), Gone("editing")])
def test_what_is_refused_is_tried_once_more_and_then_given_up_and_told(error):
    write = EditSummary(1, "body")
    once = Course().after(write, error)
    assert once.left_of([write]) == (write,)
    assert once.trouble.failed == ()

    twice = once.after(write, error)
    assert twice.left_of([write, EditSummary(1, "another")]) == (EditSummary(1, "another"),)
    assert twice.trouble.failed == (str(error),)


def test_a_review_that_is_given_up_leaves_its_comments_to_the_summary():
    course = Course().after(PLAIN, LINE).after(PLAIN, LINE)
    assert course.trouble.forbidden == {Right.REVIEWS}
    assert len(course.trouble.failed) == 1


def test_a_review_that_a_persons_own_draft_is_in_the_way_of_leaves_it_all_to_the_summary():
    course = Course().after(REVIEW, PENDING).after(REVIEW, PENDING)
    assert course.trouble.forbidden == {Right.REVIEWS}
    assert "one pending review" in course.trouble.failed[0]


def test_the_same_failure_is_told_once():
    course = Course()
    for body in ("one", "one", "two", "two"):
        course = course.after(EditSummary(1, body), Gone("editing"))
    assert len(course.trouble.failed) == 1
