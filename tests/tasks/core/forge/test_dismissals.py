"""A finding is dismissed by who may, what is refused is said, and the verdict goes by it."""

from __future__ import annotations

import pytest

from tasks.core.dismissal import Dismissal, Scope
from tasks.core.finding import Finding
from tasks.core.forge.conversation import Conversation, Thread
from tasks.core.forge.dismissals import (
    EXCERPT,
    NO_FINDING,
    NOBODY_KNOWN,
    NOT_A_WRITER,
    NOT_THE_AUTHOR,
    Refusal,
    always_asked,
    dismissals_of,
    refusals_of,
)
from tasks.core.forge.markers import finding_mark, summary_mark
from tasks.core.forge.orders import NO_REASON
from tasks.core.policy import ReviewPolicy, SayPolicy
from tasks.core.report import Report
from tasks.core.verdict import decide
from tests.tasks.core.forge.talks import (
    AUTHOR,
    BY_AUTHOR,
    BY_WRITER,
    STRANGER,
    WRITER,
    F,
    G,
    L,
    said,
    talk,
    thread,
    who,
)


def refused(conversation: Conversation, say: SayPolicy = BY_AUTHOR) -> list[tuple[str, str]]:
    return [(r.by, r.why) for r in refusals_of(conversation, say)]


QUIET = {
    "nothing said": talk(),
    "an open thread": talk(thread()),
    "an answer": talk(thread(said(AUTHOR, "why?"))),
    "a quoted order": talk(thread(said(AUTHOR, "> /review dismiss"))),
    "settled by us": talk(thread(fixed="1" * 40, resolved=True, resolved_by=WRITER)),
    "a stranger's thread": talk(
        Thread(
            id="T",
            path="a.py",
            remarks=(said(STRANGER, finding_mark(F, L, "")), said(WRITER, "/review dismiss")),
            resolved=True,
            resolved_by=WRITER,
        )
    ),
    "a thread of ours about nothing": talk(
        Thread(id="T", path="a.py", remarks=(said("bot", "text", ours=True),), resolved=True)
    ),
    "a mark without a finding": talk(thread(said(AUTHOR, "/review dismiss"), print_="")),
    "our own summary": talk(
        remarks=(said("bot", f"{summary_mark()}\n\n/review dismiss {F}", ours=True),)
    ),
}


@pytest.mark.parametrize("conversation", QUIET.values(), ids=QUIET)
@pytest.mark.parametrize("say", [BY_AUTHOR, BY_WRITER], ids=["author", "write"])
def test_where_nobody_says_so_nothing_is_dismissed(conversation, say):
    assert dismissals_of(conversation, say) == ()
    assert refusals_of(conversation, say) == ()
    assert always_asked(conversation) == ()


def test_a_dismissal_holds_all_that_is_known_of_its_finding():
    conversation = talk(thread(said(AUTHOR, "/review dismiss a test value", at="2026")))
    assert dismissals_of(conversation, BY_AUTHOR) == (
        Dismissal(
            fingerprint=F,
            line_fingerprint=L,
            rule="t/R",
            path="a.py",
            by=AUTHOR,
            why="a test value",
            at="2026",
            scope=Scope.PULL_REQUEST,
        ),
    )


@pytest.mark.parametrize(
    ("by", "say", "why_not"),
    [
        (AUTHOR, BY_AUTHOR, ""),
        (WRITER, BY_AUTHOR, ""),
        (STRANGER, BY_AUTHOR, NOT_THE_AUTHOR),
        (AUTHOR, BY_WRITER, NOT_A_WRITER),
        (WRITER, BY_WRITER, ""),
        (STRANGER, BY_WRITER, NOT_A_WRITER),
    ],
)
@pytest.mark.parametrize("where", ["thread", "pull request"])
def test_only_who_may_dismisses(by, say, why_not, where):
    if where == "thread":
        conversation = talk(thread(said(by, "/review dismiss")))
    else:
        conversation = talk(remarks=(said(by, f"/review dismiss {F[:8]}"),))
    dismissed = F if where == "thread" else F[:8]
    assert who(conversation, say) == ([] if why_not else [(dismissed, by, NO_REASON)])
    assert refused(conversation, say) == ([(by, why_not)] if why_not else [])


@pytest.mark.parametrize("say", [BY_AUTHOR, BY_WRITER], ids=["author", "write"])
def test_an_author_who_may_write_dismisses_whatever_the_policy_says(say):
    conversation = talk(thread(said(AUTHOR, "/review dismiss")), writers=(AUTHOR,))
    assert who(conversation, say) == [(F, AUTHOR, NO_REASON)]


@pytest.mark.parametrize("nobody", ["", "ghost"])
def test_an_account_that_is_gone_is_not_the_author(nobody):
    conversation = talk(thread(said(nobody, "/review dismiss")), author=nobody)
    assert who(conversation) == []
    assert refused(conversation) == [(nobody, NOT_THE_AUTHOR)]


@pytest.mark.parametrize(
    ("by", "say", "why_not"),
    [
        (AUTHOR, BY_AUTHOR, ""),
        (WRITER, BY_AUTHOR, ""),
        (WRITER, BY_WRITER, ""),
        (AUTHOR, BY_WRITER, NOT_A_WRITER),
        (STRANGER, BY_AUTHOR, NOT_THE_AUTHOR),
        (STRANGER, BY_WRITER, NOT_A_WRITER),
        ("", BY_AUTHOR, NOBODY_KNOWN),
        ("ghost", BY_WRITER, NOBODY_KNOWN),
    ],
)
def test_who_resolves_our_thread_dismisses(by, say, why_not):
    conversation = talk(thread(resolved=True, resolved_by=by))
    assert who(conversation, say) == ([] if why_not else [(F, by, "resolved the thread")])
    assert refused(conversation, say) == ([(by, why_not)] if why_not else [])


def test_an_author_who_may_write_dismisses_by_resolving():
    conversation = talk(thread(resolved=True, resolved_by=AUTHOR), writers=(AUTHOR,))
    assert who(conversation, BY_WRITER) == [(F, AUTHOR, "resolved the thread")]


@pytest.mark.parametrize("body", ["/review dismiss", "/review dismiss this is noise"])
def test_a_word_on_the_pull_request_has_to_name_a_finding(body):
    conversation = talk(remarks=(said(AUTHOR, body),))
    assert who(conversation) == []
    assert refusals_of(conversation, BY_AUTHOR) == (Refusal(AUTHOR, NO_FINDING, body),)


def test_refusals_are_said_once_each_and_short():
    words = [said(STRANGER, "/review dismiss " + "x" * 999, str(n)) for n in range(50)]
    (one,) = refusals_of(talk(thread(*words)), BY_AUTHOR)
    assert (one.by, one.fingerprint) == (STRANGER, F)
    assert len(one.body) == EXCERPT


def test_a_refusal_is_not_said_where_somebody_else_has_dismissed_it():
    words = (said(STRANGER, "/review dismiss"), said(WRITER, "/review dismiss"))
    other = thread(said(STRANGER, "/review dismiss"), print_=G)
    conversation = talk(thread(*words), other)
    assert [r.fingerprint for r in refusals_of(conversation, BY_AUTHOR)] == [G]


def test_always_dismisses_here_too_and_asks_for_the_repository():
    conversation = talk(thread(said(WRITER, "/review dismiss --always ours", at="2")))
    here = dismissals_of(conversation, BY_AUTHOR)
    assert [(d.scope, d.why) for d in here] == [(Scope.PULL_REQUEST, "ours")]
    everywhere = always_asked(conversation)
    assert everywhere == (here[0].model_copy(update={"scope": Scope.REPOSITORY}),)


@pytest.mark.parametrize(("by", "asked"), [(AUTHOR, []), (WRITER, [WRITER]), (STRANGER, [])])
def test_only_who_may_write_asks_for_the_repository(by, asked):
    conversation = talk(remarks=(said(by, f"/review dismiss {F[:8]} --always"),))
    assert [d.by for d in always_asked(conversation)] == asked


@pytest.mark.parametrize(
    ("by", "left"), [(AUTHOR, [WRITER]), (WRITER, []), ("another", []), (STRANGER, [WRITER])]
)
def test_what_was_asked_for_the_repository_is_taken_back_by_who_may_write(by, left):
    words = (said(WRITER, "/review dismiss --always", "1"), said(by, "/review undismiss", "2"))
    conversation = talk(thread(*words), writers=(WRITER, "another"))
    assert [d.by for d in always_asked(conversation)] == left


@pytest.mark.parametrize(
    ("by", "asks"), [(STRANGER, WRITER), (AUTHOR, WRITER), ("another", "another")]
)
@pytest.mark.parametrize("later", [True, False])
def test_only_who_may_write_takes_the_place_of_who_asked_for_the_repository(by, asks, later):
    words = (
        said(WRITER, "/review dismiss --always", "2"),
        said(by, "/review dismiss --always", "3" if later else "1"),
    )
    conversation = talk(thread(*words), writers=(WRITER, "another"))
    assert [d.by for d in always_asked(conversation)] == [asks if later else WRITER]


def test_to_ask_for_the_repository_names_a_finding_and_nothing_is_no_harm():
    remarks = (said(WRITER, "/review dismiss --always why"), said(WRITER, f"/review undismiss {F}"))
    assert always_asked(talk(remarks=remarks)) == ()


def test_the_verdict_goes_by_it_also_after_an_edit_beside_the_line():
    finding = Finding(path="a.py", line=1, rule="t/R", severity="error", message="m", fingerprint=F)
    edited = finding.but(fingerprint=G, line_fingerprint=L)
    in_thread = talk(thread(said(AUTHOR, "/review dismiss why")))
    by_digits = talk(remarks=(said(AUTHOR, f"/review dismiss {F[:8]} why"),))
    for found, conversation in ((finding, in_thread), (finding, by_digits), (edited, in_thread)):
        dismissals = dismissals_of(conversation, BY_AUTHOR)
        reports = [Report(step="s", findings=(found,))]
        verdict = decide(reports, ReviewPolicy(required=()), dismissals=dismissals)
        assert verdict.answer == "passed"
        assert [(d.dismissal.by, d.dismissal.why) for d in verdict.dismissed] == [(AUTHOR, "why")]
