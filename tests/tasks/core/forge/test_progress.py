"""The check run of a head, or the commit status in its place, from queued to completed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import Conversation, PostedCheck, PostedStatus
from tasks.core.forge.markers import check_id
from tasks.core.forge.progress import STAGES, End, begun, created, ended, is_over, is_shown
from tasks.core.forge.writes import (
    Annotation,
    CheckOutput,
    Conclusion,
    CreateCheck,
    Right,
    SetStatus,
    UpdateCheck,
)
from tests.tasks.core.forge.scenes import about
from tests.tasks.core.forge.simulated import GitHub, context, head

HEAD = head(1)
ID = check_id(7, HEAD)
URL = "https://prefect.example.org/runs/1"
MINE = replace(about(), run_url=URL)
QUIET = Trouble()
NO_CHECKS = Trouble(forbidden=frozenset({Right.CHECKS}))
OUTPUT = CheckOutput("failed: 1 error", "page")
END = End(OUTPUT, Conclusion.FAILURE)


def check(status="completed", conclusion="", number=5, **values):
    known = {"external_id": ID, "title": OUTPUT.title} | values
    return PostedCheck(number, HEAD, status, conclusion=conclusion, **known)


def having(*checks, statuses=()):
    return Conversation(context(), checks=checks, statuses=tuple(statuses))


def pending(words, state="pending"):
    return PostedStatus("review", state, words)


@pytest.mark.parametrize(
    ("checks", "stage", "again", "write"),
    [
        ([], "queued", False, CreateCheck),
        ([], "in_progress", False, CreateCheck),
        ([check("queued")], "queued", False, None),
        ([check("queued")], "in_progress", False, UpdateCheck),
        ([check("in_progress")], "in_progress", False, None),
        ([check("in_progress")], "queued", False, None),  # never a step back
        ([check("in_progress")], "queued", True, None),  # it is being done again
        ([check("completed", "failure")], "queued", False, None),
        ([check("completed", "failure")], "queued", True, CreateCheck),
        ([check("completed", "neutral")], "queued", False, CreateCheck),  # superseded, came back
        ([check("completed", "skipped")], "in_progress", False, CreateCheck),
        ([check("completed", "failure"), check("queued", number=6)], "queued", True, None),
        ([check("completed", "failure", external_id="other")], "queued", False, CreateCheck),
    ],
)
def test_the_check_run_goes_forward_and_is_created_once(checks, stage, again, write):
    writes = begun(having(*checks), MINE, stage, QUIET, again=again)
    assert [type(w) for w in writes] == ([write] if write else [])
    for made in writes:
        assert made.status == stage
        assert made.output.title == STAGES[stage]
        assert made.conclusion is None
        assert made.details_url == URL


def test_a_created_check_run_can_be_found_again():
    (write,) = begun(having(), MINE, "queued", QUIET, again=False)
    assert (write.head, write.name, write.external_id) == (HEAD, "review", ID)


@pytest.mark.parametrize(
    ("known", "stage", "again", "state"),
    [
        (None, "queued", False, "pending"),
        (pending(STAGES["queued"]), "queued", False, None),
        (pending(STAGES["queued"]), "in_progress", False, "pending"),
        (pending(STAGES["in_progress"]), "in_progress", False, None),
        (pending(STAGES["in_progress"]), "queued", False, None),
        (pending("Superseded by abc"), "queued", False, "pending"),
        (pending("failed", "failure"), "queued", False, None),
        (pending("failed", "failure"), "queued", True, "pending"),
    ],
)
def test_without_the_right_to_checks_a_status_says_it(known, stage, again, state):
    other = PostedStatus("other", "success")
    conversation = having(statuses=[other, known] if known else [other])
    writes = begun(conversation, MINE, stage, NO_CHECKS, again=again)
    assert writes == ((SetStatus(HEAD, "review", state, STAGES[stage], URL),) if state else ())


def annotations(count):
    return tuple(Annotation("a.py", n, n, "notice", "t", "m") for n in range(1, count + 1))


def sizes(writes):
    return [(type(w).__name__[:6], w.status, len(w.annotations)) for w in writes]


@pytest.mark.parametrize(
    ("there", "count", "expected"),
    [
        (None, 0, [("Create", "completed", 0)]),
        (None, 50, [("Create", "completed", 50)]),
        (None, 51, [("Create", "in_progress", 50), ("Update", "completed", 1)]),
        (
            None,
            120,
            [
                ("Create", "in_progress", 50),
                ("Update", "in_progress", 50),
                ("Update", "completed", 20),
            ],
        ),
        (check("in_progress"), 0, [("Update", "completed", 0)]),
        (check("queued"), 50, [("Update", "completed", 50)]),
        (
            check("in_progress"),
            101,
            [
                ("Update", "in_progress", 50),
                ("Update", "in_progress", 50),
                ("Update", "completed", 1),
            ],
        ),
        # a crash came after the first batch
        (
            check("in_progress", annotations=50),
            120,
            [("Update", "in_progress", 50), ("Update", "completed", 20)],
        ),
        (check("in_progress", annotations=120), 120, [("Update", "completed", 0)]),
        (check("completed", "failure", annotations=50), 50, []),
        (check("completed", "failure", annotations=50), 40, []),
        # what is completed stays so, whatever is added
        (
            check("completed", "failure", annotations=10),
            120,
            [
                ("Update", "completed", 50),
                ("Update", "completed", 50),
                ("Update", "completed", 10),
            ],
        ),
        (check("completed", "success"), 0, [("Update", "completed", 0)]),
        (check("completed", "failure", title="other"), 0, [("Update", "completed", 0)]),
    ],
)
def test_annotations_come_in_batches_and_none_twice(there, count, expected):
    end = replace(END, annotations=annotations(count))
    github = GitHub(having(there) if there else having())
    writes = ended(github.conversation, MINE, HEAD, end, QUIET)
    assert sizes(writes) == expected
    for write in writes:
        assert (write.conclusion is not None) == (write.status == "completed")
        github.do(write)
    assert ended(github.conversation, MINE, HEAD, end, QUIET) == ()
    (made,) = github.conversation.checks
    assert (made.status, made.conclusion) == ("completed", "failure")
    sent = [a for write in writes for a in write.annotations]
    assert sent == list(annotations(count)[there.annotations if there else 0 :])


def test_of_two_check_runs_both_end_and_the_newer_one_has_the_annotations():
    older, newer = check("in_progress", number=5), check("in_progress", number=9)
    writes = ended(
        having(newer, older), MINE, HEAD, replace(END, annotations=annotations(3)), QUIET
    )
    assert [(w.check, w.status, len(w.annotations)) for w in writes] == [
        (5, "completed", 0),
        (9, "completed", 3),
    ]


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (Conclusion.SUCCESS, "success"),
        (Conclusion.FAILURE, "failure"),
        (Conclusion.ACTION_REQUIRED, "error"),
        (Conclusion.SKIPPED, "success"),
        (Conclusion.NEUTRAL, "pending"),
    ],
)
def test_a_status_ends_once(conclusion, state):
    end = End(CheckOutput("x" * 255, "page"), conclusion)
    github = GitHub(having(statuses=[pending(STAGES["queued"])]))
    (write,) = ended(github.conversation, MINE, HEAD, end, NO_CHECKS)
    assert (write.state, len(write.description.encode()), write.url) == (state, 140, URL)
    github.do(write)
    assert ended(github.conversation, MINE, HEAD, end, NO_CHECKS) == ()


@pytest.mark.parametrize(
    ("conversation", "trouble", "shown", "over"),
    [
        (having(), QUIET, False, False),
        (having(check("queued")), QUIET, True, False),
        (having(check("completed", "failure")), QUIET, True, True),
        (having(check("completed", "failure"), check("queued", number=6)), QUIET, True, False),
        (having(), NO_CHECKS, False, False),
        (having(check("completed", "failure")), NO_CHECKS, False, False),
        (having(statuses=[pending("x")]), NO_CHECKS, True, False),
        (having(statuses=[pending("x", "error")]), NO_CHECKS, True, True),
    ],
)
def test_what_is_shown_may_be_over(conversation, trouble, shown, over):
    assert is_shown(conversation, MINE, HEAD, trouble) is shown
    assert is_over(conversation, MINE, HEAD, trouble) is over


@pytest.mark.parametrize("stage", ["queued", "in_progress"])
def test_what_was_just_created_is_known_without_another_look(stage):
    (write,) = begun(having(), MINE, stage, QUIET, again=False)
    assert begun(created(having(), write, 5), MINE, stage, QUIET, again=False) == ()


def test_a_check_run_that_was_created_completed_is_over():
    (write,) = ended(having(), MINE, HEAD, replace(END, annotations=annotations(3)), QUIET)
    known = created(having(), write, 5)
    assert ended(known, MINE, HEAD, replace(END, annotations=annotations(3)), QUIET) == ()
