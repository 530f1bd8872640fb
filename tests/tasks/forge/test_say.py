"""Whatever GitHub will not take is done without, and the rest is said, once."""

from __future__ import annotations

import pickle

import pytest

from tasks.core.forge.writes import (
    PostReview,
    Right,
)
from tasks.forge.errors import BadCredentials, RateLimited
from tasks.forge.said import NotSaid, Superseded
from tests.tasks.forge.exactly_once import (
    AFTER,
    FIRST,
    assert_said,
    never,
    push,
    say_after,
    say_first,
)
from tests.tasks.forge.scene import BOT, CHECK, scene_of
from tests.tasks.forge.speaker import findings_on, speak


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


def test_what_the_person_who_lends_the_token_is_just_writing_is_left_alone(github, repo):
    scene = scene_of(github, repo, using="person")
    draft = scene.hub.review(
        scene.pull, "ci-bot", event="", comments=[("new.py", 2, "half a thought")]
    )
    with scene.connection:
        say_first(scene)

    assert scene.pull.reviews == [draft]
    (summary,) = scene.pull.comments
    assert "only have one pending review" in summary.body


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
