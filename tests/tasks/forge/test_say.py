"""Whatever GitHub will not take is done without, and the rest is said, once."""

from __future__ import annotations

import json
import pickle
import threading

import pytest

from tasks.core.forge.writes import (
    CheckOutput,
    Conclusion,
    CreateCheck,
    Event,
    InlineComment,
    PostReview,
    PostSummary,
    Right,
    UpdateCheck,
    UploadSarif,
)
from tasks.forge.connection import Connection
from tasks.forge.errors import BadCredentials, RateLimited
from tasks.forge.said import NotSaid, Superseded
from tasks.forge.say import say
from tasks.forge.turn import turn
from tests.tasks.forge.exactly_once import (
    AFTER,
    FIRST,
    assert_said,
    never,
    push,
    say_after,
    say_first,
)
from tests.tasks.forge.scene import BOT, CHECK, SHOP, scene_of
from tests.tasks.forge.speaker import findings_on, speak

SARIF = json.dumps(
    {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": []}
)


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


def test_a_first_review_is_few_calls(scene):
    said = say_first(scene)

    assert_said(scene, FIRST)
    assert len(scene.pull.threads) == 25
    assert len(scene.calls) <= 12, scene.calls
    assert [type(write).__name__ for write in said.writes] == [
        "PostReview",
        "PostSummary",
        "UpdateCheck",
    ]


def test_the_same_again_says_nothing(scene):
    say_first(scene)
    before = len(scene.hub.writes)

    said = say_first(scene)

    assert said.writes == ()
    assert len(scene.hub.writes) == before
    assert_said(scene, FIRST)


def test_another_run_of_the_same_head_says_nothing_on_lines(scene):
    say_first(scene)
    said = say_first(scene, run="run-2")

    assert not [write for write in said.writes if isinstance(write, PostReview)]
    assert_said(scene, FIRST)


def test_a_review_after_a_push_is_few_calls_and_repeats_nothing(scene):
    say_first(scene)
    push(scene)
    scene.hub.calls.clear()

    say_after(scene)

    assert_said(scene, AFTER, heads=2)
    assert len([t for t in scene.pull.threads if t.resolved]) == 10
    assert len(scene.calls) <= 10, scene.calls


@pytest.mark.parametrize("read_only", [True, False])
def test_a_token_of_actions_says_what_it_may(github, repo, read_only):
    scene = scene_of(github, repo, using="read-only" if read_only else "actions")
    with scene.connection:
        said = say_first(scene)

    if read_only:
        assert said.writes == ()
        assert github.write_count == 0
        kinds = {Right.REVIEWS, Right.COMMENTS, Right.CHECKS, Right.STATUSES}
        assert said.trouble.forbidden == kinds
    else:
        assert_said(scene, FIRST)


def test_a_person_sets_a_status_in_place_of_a_check_run(github, repo):
    scene = scene_of(github, repo, using="person")
    with scene.connection:
        say_first(scene)

    assert scene.pull.repo.check_runs == []
    assert [(s.context, s.state) for s in scene.pull.repo.statuses][-1] == (CHECK, "failure")
    assert len(scene.pull.reviews) == 1
    assert len(scene.pull.comments) == 1


def test_one_bad_line_of_25_loses_none_of_the_others(scene):
    findings = findings_on([*range(1, 25), 45])  # the file has 40 lines
    said = speak(scene.connection, scene.head, findings, lines=range(1, 60), sleep=never)

    assert len(scene.pull.threads) == 24
    (review,) = scene.pull.reviews
    assert review.state == "CHANGES_REQUESTED"
    assert said.trouble.refused.keys() == {findings[-1].fingerprint}
    (summary,) = scene.pull.comments
    assert "must be part of the diff" in summary.body


def test_a_pending_review_that_a_crash_left_is_removed(scene):
    scene.hub.review(scene.pull, BOT, event="", comments=[("new.py", 2, "half a thought")])
    say_first(scene)
    assert_said(scene, FIRST)


def test_a_pending_review_that_comes_meanwhile_is_removed(scene):
    def meanwhile(call):
        if call.path.endswith("/reviews"):
            scene.hub.before_write = None
            scene.hub.review(scene.pull, BOT, event="", comments=[("new.py", 2, "half a thought")])

    scene.hub.before_write = meanwhile
    say_first(scene)
    assert_said(scene, FIRST)


def test_a_short_rate_limit_is_told_waited_for_and_looked_after(scene):
    told, slept = [], []
    scene.hub.fault("POST", "/reviews$", how="rate_secondary_429", retry_after=7)
    speak(
        scene.connection,
        scene.head,
        findings_on(FIRST),
        sleep=slept.append,
        on_wait=told.append,
    )
    assert slept == [7]
    assert [wait.seconds for wait in told] == [7]
    assert_said(scene, FIRST)


@pytest.mark.parametrize("how", ["rate_primary", "rate_secondary_403"])
def test_a_long_rate_limit_is_for_the_caller_and_the_next_run_says_the_rest(scene, how):
    scene.hub.fault("POST", "/issues/1/comments$", how=how, retry_after=600)
    with pytest.raises(RateLimited):
        say_first(scene)
    say_first(scene)
    assert_said(scene, FIRST)


def test_a_token_that_is_not_believed_ends_it_and_the_next_run_says_the_rest(scene):
    scene.hub.fault("POST", "/issues/1/comments$", how="401", times=2)
    with pytest.raises(BadCredentials):
        say_first(scene)
    say_first(scene)
    assert_said(scene, FIRST)


def test_a_head_that_is_gone_gets_nothing(scene):
    old = scene.head
    push(scene)
    with pytest.raises(Superseded, match=rf"its head is {scene.head[:7]} by now.*{old[:7]}"):
        speak(scene.connection, old, findings_on(FIRST), sleep=never)
    assert scene.writes == []


def test_a_push_between_two_attempts_is_seen(scene):
    old = scene.head

    def pushed(call):
        if scene.head == old:
            push(scene)

    scene.hub.fault("POST", "/reviews$", how="502", when="before")
    scene.hub.after_write = pushed  # after the check run was made
    with pytest.raises(Superseded):
        speak(scene.connection, old, findings_on(FIRST), sleep=never)
    assert scene.pull.reviews == []


def test_what_cannot_be_said_is_listed_and_the_summary_says_so(scene):
    say_first(scene)
    push(scene)
    made = scene.hub.fault("POST", "/reviews$", how="502", times=99)
    with pytest.raises(NotSaid, match=r"missing is posting the review.*run it again") as failed:
        say_after(scene)

    assert 99 - made.times == 5
    assert "posting the review" in failed.value.missing
    assert str(pickle.loads(pickle.dumps(failed.value))) == str(failed.value)  # noqa: S301 - ours
    (summary,) = scene.pull.comments
    assert "could not be" in summary.body
    made.times = 0
    say_after(scene)
    assert_said(scene, AFTER, heads=2)


def plainly(scene, decide, **settings):
    """Say what a decision of the test's own wants said."""
    return say(scene.connection, scene.read(), decide, read=scene.read, sleep=never, **settings)


def test_a_check_run_that_was_just_created_is_updated_by_its_number(scene):
    begun = CheckOutput("looking", "soon")
    over = CheckOutput("fine", "nothing found")
    writes = (
        CreateCheck(scene.head, CHECK, "x", "in_progress", begun),
        UpdateCheck(0, "completed", over, Conclusion.SUCCESS),
    )
    said = plainly(scene, lambda seen, _trouble: () if seen.checks else writes)

    (check,) = scene.pull.repo.check_runs
    assert (check.status, check.conclusion) == ("completed", "success")
    assert [(c.number, c.external_id) for c in said.conversation.checks] == [(check.id, "x")]


def test_an_upload_is_not_repeated_after_a_later_failure(scene):
    upload = UploadSarif(scene.head, "refs/pull/1/head", SARIF)

    def decide(seen, trouble):
        summary = () if seen.remarks else (PostSummary("hello"),)
        return (*(() if trouble.uploaded else (upload,)), *summary)

    scene.hub.fault("POST", "/issues/1/comments$", how="502")
    said = plainly(scene, decide)

    assert len(scene.pull.repo.sarifs) == 1
    assert len(scene.pull.comments) == 1
    assert said.trouble.uploaded


def test_an_answer_that_is_lost_while_culprits_are_searched_leaves_no_pending_review(scene):
    scene.hub.fault("DELETE", "/reviews/", how="502")
    findings = findings_on([*range(1, 25), 45])
    speak(scene.connection, scene.head, findings, lines=range(1, 60), sleep=never)

    assert len(scene.pull.threads) == 24
    assert [review.state for review in scene.pull.reviews] == ["CHANGES_REQUESTED"]


def test_a_decision_that_learns_nothing_comes_to_an_end(scene):
    bad = InlineComment("new.py", 4000, "nowhere", "f1")
    good = InlineComment("new.py", 4, "here", "f2")
    review = PostReview(scene.head, Event.COMMENT, "", (bad, good))
    with pytest.raises(NotSaid, match="posting the review"):
        plainly(scene, lambda _seen, _trouble: (review,), head=scene.head)
    assert scene.pull.reviews == []


def test_the_event_of_a_review_of_ones_own_is_made_milder(github, repo):
    scene = scene_of(github, repo, using="person")
    scene.pull.author = github.account("ci-bot")
    review = PostReview(scene.head, Event.REQUEST_CHANGES, "no", ())
    with scene.connection:
        plainly(scene, lambda seen, _trouble: () if seen.reviews else (review,))
    assert [(r.state, r.body) for r in scene.pull.reviews] == [("COMMENTED", "no")]


def test_a_summary_that_somebody_deletes_meanwhile_is_posted_anew(scene):
    def deleted(call):
        scene.pull.comments.clear()
        scene.hub.before_write = None

    say_first(scene)
    push(scene)
    scene.hub.before_write = deleted
    say_after(scene)
    assert_said(scene, AFTER, heads=2)


def test_two_threads_at_once_say_it_once(scene, tmp_path):
    failures = []

    def go(run):
        account = scene.connection.account
        try:
            with (
                turn(tmp_path / "turns", SHOP, 1),
                Connection(account, SHOP) as connection,
            ):
                speak(connection, scene.head, findings_on(FIRST), run=run, sleep=never)
        except Exception as error:  # noqa: BLE001 - shown by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=go, args=(f"run-{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert_said(scene, FIRST)
