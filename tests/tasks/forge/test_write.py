"""Each write is one request, says all of it to GitHub, and is done once."""

from __future__ import annotations

import json

import pytest

from tasks.core.forge.writes import (
    RIGHTS,
    Annotation,
    CheckOutput,
    Conclusion,
    CreateCheck,
    DeleteComment,
    DismissReview,
    EditSummary,
    Event,
    InlineComment,
    PostReview,
    PostSummary,
    RemovePending,
    SetStatus,
    Settle,
    SettleThreads,
    UpdateCheck,
    UploadSarif,
)
from tasks.forge.errors import Gone, NotAllowed, Refused
from tasks.forge.write import DOING, perform, try_comments
from tests.tasks.forge.scene import CHECK, scene_of

OUTPUT = CheckOutput("2 errors", "what was found", "and more")
PAGE = "https://prefect.example.org/runs/1"
NOTHING = 10**6
"""The number of what is not there."""


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        made.context = made.read().context
        github.calls.clear()
        yield made


def do(scene, write):
    """Do it, and hold it to one request; return what it returns."""
    before = len(scene.hub.calls)
    made = perform(scene.connection, scene.context, write)
    assert len(scene.hub.calls) == before + 1, scene.calls[before:]
    return made


def comment(line, start=0):
    return InlineComment("new.py", line, f"about {line}", f"f{line}", start_line=start)


def test_every_write_has_words():
    assert DOING.keys() == RIGHTS.keys()


def test_a_review_is_posted_on_its_head_with_all_its_comments(scene):
    head = scene.head
    scene.push(more_py="later\n")
    do(scene, PostReview(head, Event.REQUEST_CHANGES, "look", (comment(3), comment(8, 6))))

    (review,) = scene.pull.reviews
    assert (review.state, review.body, review.commit_id) == ("CHANGES_REQUESTED", "look", head)
    assert [(c.path, c.original_start_line, c.original_line, c.body) for c in review.comments] == [
        ("new.py", None, 3, "about 3"),
        ("new.py", 6, 8, "about 8"),
    ]


def test_a_review_with_one_bad_line_is_refused_as_a_whole(scene):
    with pytest.raises(Refused, match="line"):
        do(scene, PostReview(scene.head, Event.COMMENT, "", (comment(3), comment(4000))))
    assert scene.pull.reviews == []


def test_trying_comments_leaves_nothing(scene):
    try_comments(scene.connection, scene.context, scene.head, [comment(3)])
    with pytest.raises(Refused):
        try_comments(scene.connection, scene.context, scene.head, [comment(4000)])
    assert scene.pull.reviews == []
    assert scene.pull.threads == []


def test_a_pending_review_is_removed_and_one_that_is_gone_is_no_error(scene):
    pending = scene.hub.review(
        scene.pull, "prefect-review[bot]", event="", comments=[("new.py", 2, "x")]
    )
    do(scene, RemovePending(pending.id))
    do(scene, RemovePending(pending.id))
    assert scene.pull.reviews == []


def test_threads_are_settled_all_in_one_request(scene):
    do(scene, PostReview(scene.head, Event.COMMENT, "", (comment(3), comment(8))))
    threads = scene.read().threads
    hostile = 'Fixed.\n"}) { x } mutation \\u0000 { evil'
    settled = tuple(Settle(t.id, t.remarks[0].id, f"{hostile} {t.line}") for t in threads)

    do(scene, SettleThreads(settled))

    assert [t.resolved for t in scene.pull.threads] == [True, True]
    assert [t.comments[0].body for t in scene.pull.threads] == [f"{hostile} 3", f"{hostile} 8"]


def test_a_thread_that_is_gone_does_not_stop_the_others(scene):
    do(scene, PostReview(scene.head, Event.COMMENT, "", (comment(3),)))
    (thread,) = scene.read().threads
    gone = Settle("PRRT_none", "PRRC_none", "Fixed.")

    do(scene, SettleThreads((gone, Settle(thread.id, thread.remarks[0].id, "Fixed."))))
    do(scene, SettleThreads((gone,)))

    assert scene.pull.threads[0].resolved


def test_who_may_not_resolve_threads_is_told(scene):
    do(scene, PostReview(scene.head, Event.COMMENT, "", (comment(3),)))
    (thread,) = scene.read().threads
    scene.hub.apps[7].permissions["contents"] = "read"
    for caller in scene.hub.callers.values():
        caller.permissions["contents"] = "read"

    with pytest.raises(NotAllowed, match="resolving"):
        do(scene, SettleThreads((Settle(thread.id, thread.remarks[0].id, "Fixed."),)))


def test_an_earlier_review_is_taken_back(scene):
    do(scene, PostReview(scene.head, Event.REQUEST_CHANGES, "no", ()))
    (review,) = scene.pull.reviews
    do(scene, DismissReview(review.id, "It passes now"))
    do(scene, DismissReview(NOTHING, "It passes now"))
    assert review.state == "DISMISSED"


def test_the_summary_is_posted_and_edited(scene):
    do(scene, PostSummary("first"))
    (summary,) = scene.pull.comments
    do(scene, EditSummary(summary.id, "second"))
    assert [comment.body for comment in scene.pull.comments] == ["second"]
    with pytest.raises(Gone):
        do(scene, EditSummary(NOTHING, "third"))


def test_comments_are_deleted_wherever_they_stand(scene):
    do(scene, PostSummary("twice"))
    do(scene, PostReview(scene.head, Event.COMMENT, "", (comment(3),)))
    do(scene, DeleteComment(scene.pull.comments[0].id))
    do(scene, DeleteComment(scene.pull.review_comments[0].id, on_line=True))
    do(scene, DeleteComment(NOTHING))
    do(scene, DeleteComment(NOTHING, on_line=True))
    assert scene.pull.comments == []
    assert scene.pull.review_comments == []


def test_a_check_run_goes_from_queued_to_completed(scene):
    begun = CheckOutput("looking", "soon")
    number = do(scene, CreateCheck(scene.head, CHECK, "ours/1", "queued", begun, details_url=PAGE))
    (check,) = scene.pull.repo.check_runs
    assert number == check.id
    assert (check.name, check.head_sha, check.external_id) == (CHECK, scene.head, "ours/1")
    assert (check.status, check.details_url) == ("queued", PAGE)

    beside = (
        Annotation("new.py", 3, 3, "failure", "ruff/F401", "unused", 5),
        Annotation("new.py", 4, 9, "notice", "lizard", "long", 5),
    )
    do(scene, UpdateCheck(number, "completed", OUTPUT, Conclusion.FAILURE, beside))

    assert (check.status, check.conclusion) == ("completed", "failure")
    assert check.output == {"title": "2 errors", "summary": "what was found", "text": "and more"}
    assert [note["message"] for note in check.annotations] == ["unused", "long"]
    assert [note.get("start_column") for note in check.annotations] == [5, None]
    assert check.details_url == PAGE


def test_a_status_is_set(scene):
    do(scene, SetStatus(scene.head, CHECK, "failure", "2 errors", PAGE))
    do(scene, SetStatus(scene.head, "another", "success", "fine"))
    first, second = scene.pull.repo.statuses
    assert (first.context, first.state, first.target_url) == (CHECK, "failure", PAGE)
    assert (second.context, second.target_url) == ("another", None)


def test_findings_are_uploaded_and_looked_after(scene):
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    sarif = json.dumps({"$schema": schema, "version": "2.1.0", "runs": []})
    perform(scene.connection, scene.context, UploadSarif(scene.head, "refs/pull/1/head", sarif))

    (upload,) = scene.pull.repo.sarifs
    assert (upload.commit_sha, upload.ref) == (scene.head, "refs/pull/1/head")
    assert upload.log["version"] == "2.1.0"
    assert [call.method for call in scene.hub.calls if "sarifs" in call.path][:2] == ["POST", "GET"]


def test_what_a_token_lacks_is_said(github, repo):
    scene = scene_of(github, repo, using="read-only")
    with scene.connection, pytest.raises(NotAllowed, match="not accessible by integration"):
        perform(scene.connection, scene.read().context, PostSummary("hello"))
