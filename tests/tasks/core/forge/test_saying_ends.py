"""How a review begins, and how it ends where there is no verdict."""

from __future__ import annotations

from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import PostedStatus
from tasks.core.forge.saying import to_begin, to_fail, to_say, to_skip, to_supersede
from tasks.core.forge.writes import Conclusion, CreateCheck, EditSummary, Right, SetStatus
from tests.tasks.core.forge.scenes import about, finding, verdict
from tests.tasks.core.forge.simulated import GitHub, head
from tests.tasks.core.forge.test_saying import does, kinds, pushed, reviewed

BOTH = Trouble(forbidden=frozenset({Right.CHECKS, Right.STATUSES}))
NO_CHECKS = Trouble(forbidden=frozenset({Right.CHECKS}))


def test_a_review_begins_is_superseded_and_begins_again_when_its_head_comes_back():
    github, mine = GitHub(), about()
    does(github, to_begin(github.conversation, mine, "queued"))
    does(github, to_begin(github.conversation, mine, "in_progress"))
    assert [check.status for check in github.conversation.checks] == ["in_progress"]

    (write,) = to_supersede(github.conversation, mine, head(1), head(2))
    assert write.conclusion is Conclusion.NEUTRAL
    assert write.output.title == f"Superseded by {head(2)[:7]}"
    does(github, [write])
    assert to_supersede(github.conversation, mine, head(1), head(2)) == ()

    does(github, to_begin(github.conversation, mine, "queued"))
    does(github, to_say(verdict(), github.conversation, mine))
    newest = max(github.conversation.checks, key=lambda check: check.number)
    assert newest.conclusion == "success"
    assert to_begin(github.conversation, mine, "queued") == ()
    assert kinds(to_begin(github.conversation, mine, "queued", again=True)) == [CreateCheck]


def test_what_was_never_shown_is_not_superseded_and_a_verdict_stays():
    github, mine = GitHub(), about()
    assert to_supersede(github.conversation, mine, head(1), head(2)) == ()
    assert to_supersede(github.conversation, mine, head(1), head(2), NO_CHECKS) == ()
    does(github, to_say(verdict(), github.conversation, mine))
    assert to_supersede(github.conversation, mine, head(1), head(2)) == ()


def test_a_superseded_status_is_neither_failed_nor_passed():
    github = GitHub()
    github.set(statuses=(PostedStatus("review", "pending", "Looking at the change"),))
    (write,) = to_supersede(github.conversation, about(), head(1), head(2), NO_CHECKS)
    assert (write.state, write.description) == ("pending", f"Superseded by {head(2)[:7]}")
    does(github, [write])
    assert to_supersede(github.conversation, about(), head(1), head(2), NO_CHECKS) == ()


def test_what_is_not_reviewed_says_why_once():
    github = GitHub()
    (write,) = to_skip(github.conversation, about(), "it is a draft (pull_requests.drafts)")
    assert isinstance(write, CreateCheck)
    assert write.conclusion is Conclusion.SKIPPED
    assert write.output.title == "Not reviewed: it is a draft (pull_requests.drafts)"
    does(github, [write])
    assert to_skip(github.conversation, about(), "it is a draft") == ()
    (status,) = to_skip(GitHub().conversation, about(), "it is a draft", NO_CHECKS)
    assert isinstance(status, SetStatus)
    assert to_skip(GitHub().conversation, about(), "it is a draft", BOTH) == ()


def test_a_review_that_could_not_be_made_is_no_success_and_edits_only_what_there_is():
    github, mine = GitHub(), about()
    why = "git: no such commit @ann"
    (check,) = to_fail(github.conversation, mine, why)
    assert check.conclusion is Conclusion.ACTION_REQUIRED
    assert "`@ann`" in check.output.summary

    github = reviewed(finding(severity="error"))
    github.push(2)
    writes = to_fail(github.conversation, mine, why)
    assert kinds(writes) == [EditSummary, CreateCheck]
    does(github, writes)
    assert to_fail(github.conversation, mine, why) == ()
    # the next attempt is better
    does(github, pushed(github, 2))
    assert "## ✅ Passed" in github.conversation.remarks[0].body


def test_a_verdict_of_the_head_outlives_a_later_failure():
    github = reviewed()
    assert to_fail(github.conversation, about(), "the disk is full") == ()
