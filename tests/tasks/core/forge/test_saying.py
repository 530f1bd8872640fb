from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.change import Kind
from tasks.core.dismissal import Dismissal
from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import PostedReview
from tasks.core.forge.markers import read_finding
from tasks.core.forge.saying import to_say
from tasks.core.forge.writes import (
    RIGHTS,
    CreateCheck,
    DeleteComment,
    DismissReview,
    EditSummary,
    Event,
    PostReview,
    PostSummary,
    RemovePending,
    Right,
    SettleThreads,
    UpdateCheck,
    UploadSarif,
)
from tasks.core.report import Gap
from tests.tasks.core.forge.scenes import PATH, about, changed, finding, verdict
from tests.tasks.core.forge.simulated import ME, GitHub, head

ERRORS = [finding(number, severity="error") for number in range(1, 4)]


def does(github, writes):
    for write in writes:
        github.do(write)


def kinds(writes):
    return [type(write) for write in writes]


def only(kind, writes):
    return [write for write in writes if isinstance(write, kind)]


def reviewed(*findings, **say):
    """Return a pull request whose first head was reviewed and found to have these findings."""
    github = GitHub()
    does(github, to_say(verdict(*findings), github.conversation, about(**say)))
    return github


def pushed(github, number, *findings, gaps=(), **say):
    github.push(number)
    decided = verdict(*findings, number=number, gaps=gaps)
    return to_say(decided, github.conversation, about(**say))


def test_a_clean_head_gets_a_summary_and_a_check_run_and_no_review():
    assert kinds(to_say(verdict(), GitHub().conversation, about())) == [PostSummary, CreateCheck]


def test_everything_is_done_in_its_order():
    github = reviewed(*ERRORS)
    github.comment(github.conversation.remarks[0].body, ME)
    doubled = github.conversation.threads[0]
    again = github.remark(doubled.remarks[0].body)
    double = replace(doubled, id="T2", remarks=(again,))
    left = PostedReview(3, head(2), "PENDING", ours=True)
    now = github.conversation
    github.set(threads=(*now.threads, double), reviews=(*now.reviews, left))
    writes = pushed(github, 2, finding(1), finding(9), sarif=True)
    assert kinds(writes) == [
        RemovePending,
        PostReview,
        SettleThreads,
        DismissReview,
        DeleteComment,
        DeleteComment,
        EditSummary,
        CreateCheck,
        UploadSarif,
    ]
    assert [write.on_line for write in only(DeleteComment, writes)] == [True, False]


def test_of_two_summaries_the_older_one_stays():
    github = reviewed()
    first = github.conversation.remarks[0]
    github.comment(first.body, ME)
    github.set(remarks=github.conversation.remarks[::-1])
    (delete,) = to_say(verdict(), github.conversation, about())
    assert delete == DeleteComment(github.conversation.remarks[0].number)
    assert delete.comment > first.number


def test_a_thread_that_stands_twice_is_deleted_and_not_settled_before():
    github = reviewed(ERRORS[0])
    (thread,) = github.conversation.threads
    again = github.remark(thread.remarks[0].body)
    github.set(threads=(thread, replace(thread, id="T2", remarks=(again,))))
    writes = pushed(github, 2)
    (settled,) = only(SettleThreads, writes)
    assert [one.thread for one in settled.threads] == [thread.id]
    assert only(DeleteComment, writes) == [DeleteComment(again.number, on_line=True)]


def test_a_pending_review_of_somebody_else_is_none_of_our_business():
    github = GitHub()
    github.set(reviews=(PostedReview(3, head(1), "PENDING"),))
    assert RemovePending not in kinds(to_say(verdict(), github.conversation, about()))


def test_only_what_is_new_is_said_after_a_push():
    github = reviewed(*ERRORS)
    (review,) = only(PostReview, pushed(github, 2, *ERRORS, finding(9)))
    assert [comment.line for comment in review.comments] == [9]
    assert review.event is Event.REQUEST_CHANGES, "it still fails"


def test_what_is_mended_is_settled_and_the_request_for_changes_is_taken_back():
    github = reviewed(*ERRORS)
    writes = pushed(github, 2)
    assert kinds(writes) == [SettleThreads, DismissReview, EditSummary, CreateCheck]
    (settled,) = only(SettleThreads, writes)
    assert [thread.thread for thread in settled.threads] == [
        thread.id for thread in github.conversation.threads
    ]
    assert {read_finding(t.body).fixed for t in settled.threads} == {head(2)}
    does(github, writes)
    assert all(thread.resolved for thread in github.conversation.threads)


def test_threads_are_left_to_people_where_the_policy_says_so():
    assert SettleThreads not in kinds(pushed(reviewed(*ERRORS), 2, resolve=False))


def test_what_nobody_looked_at_is_not_mended():
    writes = pushed(reviewed(*ERRORS), 2, gaps=[Gap(who="ruff", why="it broke")])
    assert not {SettleThreads, DismissReview} & set(kinds(writes))
    writes = pushed(reviewed(*ERRORS), 2, gaps=[Gap(who="ruff", why="?", path="other.py")])
    assert SettleThreads in kinds(writes)


def test_a_file_that_is_gone_needs_nobodys_look():
    github = reviewed(*ERRORS)
    github.push(2)
    decided = verdict(number=2, gaps=[Gap(who="ruff", why="it broke")])
    mine = about(changed(PATH, kind=Kind.DELETED, lines=()))
    assert SettleThreads in kinds(to_say(decided, github.conversation, mine))


def test_a_dismissed_finding_is_neither_said_nor_called_mended():
    github = reviewed(*ERRORS)
    github.push(2)
    word = Dismissal(fingerprint=ERRORS[0].fingerprint, by="ann", why="wrong")
    decided = verdict(*ERRORS, number=2, dismissals=[word])
    writes = to_say(decided, github.conversation, about())
    assert not {SettleThreads, PostReview} & set(kinds(writes))
    (summary,) = only(EditSummary, writes)
    assert "### Dismissed" in summary.body


def test_what_is_still_there_on_another_line_than_those_of_the_change_is_not_mended():
    github = reviewed(*ERRORS)
    writes = pushed(github, 2, *(f.but(on_changed_line=False) for f in ERRORS))
    assert SettleThreads not in kinds(writes)


def test_many_threads_are_settled_in_pieces():
    found = [finding(n, line=1 + n % 50, message=f"{n}") for n in range(1, 61)]
    github = GitHub()
    for number in range(1, 4):
        does(github, pushed(github, number, *found))
    assert len(github.conversation.threads) == 60
    settled = only(SettleThreads, pushed(github, 4))
    assert [len(write.threads) for write in settled] == [50, 10]


def test_at_most_so_many_comments_the_worst_first_the_others_in_the_summary():
    found = [finding(n, severity="error" if n > 30 else "info") for n in range(1, 41)]
    writes = to_say(verdict(*found), GitHub().conversation, about(inline=12))
    (review,) = only(PostReview, writes)
    assert [c.line for c in review.comments] == [*range(31, 41), 1, 2]
    (summary,) = only(PostSummary, writes)
    assert summary.body.count("a head has one review, of at most 12 comments") == 28


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (finding(0), "it is about the whole file"),
        (finding(50), "GitHub shows no changed line there"),
        (finding(3, path="other.py"), "GitHub shows no changed line there"),
    ],
)
def test_what_has_no_place_is_said_in_the_summary_and_why(found, why):
    mine = about(changed(PATH, range(1, 9)))
    writes = to_say(verdict(found), GitHub().conversation, mine)
    assert PostReview not in kinds(writes)
    (summary,) = only(PostSummary, writes)
    assert f"| {why} | `{found.fingerprint[:8]}` |" in summary.body


def test_a_suggestion_that_nobody_wants_does_not_widen_the_comment():
    found = finding(5, end_line=7, suggestion="x")
    for on, lines in ((True, (5, 7)), (False, (0, 6))):
        mine = about(changed(PATH, range(6, 7)), suggestions=on)
        (review,) = only(PostReview, to_say(verdict(found), GitHub().conversation, mine))
        (comment,) = review.comments
        assert (comment.start_line, comment.line) == lines
        assert ("```suggestion" in comment.body) is on


@pytest.mark.parametrize("right", Right)
def test_what_is_forbidden_is_done_without(right):
    github = reviewed(*ERRORS)
    github.push(2)
    trouble = Trouble(forbidden=frozenset({right}))
    writes = to_say(
        verdict(*ERRORS[1:], finding(9), number=2), github.conversation, about(sarif=True), trouble
    )
    rights = {RIGHTS[type(write)] for write in writes}
    assert rights == set(Right) - {right} - (
        {Right.STATUSES} if right is not Right.CHECKS else set()
    )
    does(github, writes)
    left = to_say(
        verdict(*ERRORS[1:], finding(9), number=2),
        github.conversation,
        about(sarif=True),
        trouble.but(uploaded=True),
    )
    assert left == ()


def test_without_the_right_to_review_the_summary_says_why_nothing_is_on_its_line():
    trouble = Trouble(forbidden=frozenset({Right.REVIEWS}))
    writes = to_say(verdict(*ERRORS), GitHub().conversation, about(), trouble)
    (summary,) = only(PostSummary, writes)
    assert summary.body.count("this token may not review") == len(ERRORS)


def test_why_something_has_no_comment_does_not_depend_on_what_is_forbidden_after_the_review():
    github = reviewed(*ERRORS, inline=2)
    github.set(reviews=tuple(replace(r, state="COMMENTED") for r in github.conversation.reviews))
    trouble = Trouble(forbidden=frozenset({Right.REVIEWS}))
    assert to_say(verdict(*ERRORS), github.conversation, about(inline=2), trouble) == ()


def test_without_any_right_nothing_is_said():
    trouble = Trouble(forbidden=frozenset(Right))
    assert to_say(verdict(*ERRORS), GitHub().conversation, about(sarif=True), trouble) == ()


def test_sarif_goes_to_the_head_of_the_pull_request_once_in_a_run():
    conversation = GitHub().conversation
    (upload,) = only(UploadSarif, to_say(verdict(*ERRORS), conversation, about(sarif=True)))
    assert (upload.head, upload.ref) == (head(1), "refs/pull/7/head")
    assert '"version": "2.1.0"' in upload.sarif
    done = Trouble(uploaded=True)
    assert UploadSarif not in kinds(to_say(verdict(), conversation, about(sarif=True), done))
    assert UploadSarif not in kinds(to_say(verdict(), conversation, about()))


def test_more_annotations_than_one_request_takes_complete_the_created_check_run():
    found = [finding(n, line=1 + n % 50, message=f"{n}") for n in range(120)]
    github = GitHub()
    writes = to_say(verdict(*found), github.conversation, about())
    assert kinds(writes)[-3:] == [CreateCheck, UpdateCheck, UpdateCheck]
    assert [write.check for write in only(UpdateCheck, writes)] == [0, 0]
    does(github, writes)
    (check,) = github.conversation.checks
    assert (check.status, check.annotations) == ("completed", 120)


def test_what_could_not_be_said_is_in_the_summary():
    trouble = Trouble(failed=("the check run: GitHub answers 500",))
    (summary,) = only(PostSummary, to_say(verdict(), GitHub().conversation, about(), trouble))
    assert "### What could not be said\n\n- the check run: GitHub answers 500" in summary.body
