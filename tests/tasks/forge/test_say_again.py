"""What is decided again after a trouble, by decisions of the test's own, and by several at once."""

from __future__ import annotations

import json
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
    UpdateCheck,
    UploadSarif,
)
from tasks.forge.connection import Connection
from tasks.forge.said import NotSaid
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
from tests.tasks.forge.scene import CHECK, SHOP, scene_of
from tests.tasks.forge.speaker import findings_on, speak

SARIF = json.dumps(
    {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": []}
)


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


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
