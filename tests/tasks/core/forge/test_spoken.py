"""The last word about a finding counts, wherever it is said and by whom it is written down."""

from __future__ import annotations

import pytest

from tasks.core.forge.dismissals import dismissals_of
from tasks.core.forge.orders import NO_REASON
from tasks.core.forge.spoken import askers
from tests.tasks.core.forge.talks import (
    AUTHOR,
    BY_AUTHOR,
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


def test_a_person_whose_token_we_have_is_heard():
    word = said(AUTHOR, "/review dismiss mine", ours=True)
    assert who(talk(thread(word))) == [(F, AUTHOR, "mine")]


def test_what_is_said_in_a_thread_goes_before_its_being_resolved():
    conversation = talk(
        thread(said(AUTHOR, "/review dismiss a reason"), resolved=True, resolved_by=WRITER)
    )
    assert who(conversation) == [(F, AUTHOR, "a reason")]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([(AUTHOR, "dismiss a", "1"), (WRITER, "dismiss b", "2")], "b"),
        ([(AUTHOR, "dismiss a", "2"), (WRITER, "dismiss b", "1")], "a"),
        ([(AUTHOR, "dismiss a", "1"), (WRITER, "undismiss", "2")], ""),
        ([(AUTHOR, "undismiss", "1"), (WRITER, "dismiss b", "2")], "b"),
        ([(AUTHOR, "dismiss a", "1"), (STRANGER, "undismiss", "2")], "a"),
        ([(AUTHOR, "dismiss a", "1"), (STRANGER, "dismiss b", "2")], "a"),
        ([(AUTHOR, "undismiss", "1")], ""),
    ],
)
@pytest.mark.parametrize("split", range(3))
def test_the_last_word_of_those_who_may_counts_wherever_it_is_said(words, left, split):
    """Say the first words in the thread, the others on the pull request."""
    answers = [said(by, f"/review {order}", at) for by, order, at in words[:split]]
    remarks = [
        said(by, f"/review {order.replace('dismiss', f'dismiss {F[:8]}')}", at)
        for by, order, at in words[split:]
    ]
    conversation = talk(thread(*answers), remarks=tuple(remarks))
    assert [d.why for d in dismissals_of(conversation, BY_AUTHOR)] == ([left] if left else [])


def test_taking_back_goes_before_a_resolved_thread():
    conversation = talk(
        thread(said(WRITER, "/review undismiss"), resolved=True, resolved_by=WRITER)
    )
    assert who(conversation) == []


def test_digits_that_mean_the_finding_of_a_thread_know_all_of_it():
    conversation = talk(thread(), remarks=(said(AUTHOR, f"/review dismiss {F[:9]} why"),))
    (dismissal,) = dismissals_of(conversation, BY_AUTHOR)
    assert (dismissal.fingerprint, dismissal.line_fingerprint, dismissal.path) == (F, L, "a.py")


def test_digits_of_another_finding_do_not_mean_that_of_a_thread():
    conversation = talk(thread(), remarks=(said(AUTHOR, f"/review dismiss {G[:8]}"),))
    assert who(conversation) == [(G[:8], AUTHOR, NO_REASON)]


def test_no_digits_do_not_mean_the_only_thread():
    assert who(talk(thread(), remarks=(said(AUTHOR, "/review dismiss noise"),))) == []


def test_digits_that_fit_several_threads_are_left_as_they_are():
    near = F[:8] + "0" * 8
    conversation = talk(
        thread(), thread(print_=near), remarks=(said(AUTHOR, f"/review dismiss {F[:8]}"),)
    )
    assert who(conversation) == [(F[:8], AUTHOR, NO_REASON)]


def test_thousands_of_words_are_no_burden():
    threads = [thread(print_=f"{n:08x}" * 2) for n in range(300)]
    remarks = tuple(said(AUTHOR, f"/review dismiss {n:08x}", f"{n:05}") for n in range(3_000))
    assert len(dismissals_of(talk(*threads, remarks=remarks), BY_AUTHOR)) == 3_000


ASKED = {
    "nobody": (talk(thread(said(AUTHOR, "why?"), said(WRITER, "no"))), ()),
    "an order in a thread": (talk(thread(said(STRANGER, "/review dismiss"))), (STRANGER,)),
    "an order on the pull request": (talk(remarks=(said(AUTHOR, "/review dismiss"),)), (AUTHOR,)),
    "an order to take it back": (talk(thread(said(WRITER, "/review undismiss"))), (WRITER,)),
    "a quoted order": (talk(remarks=(said(WRITER, "> /review dismiss"),)), ()),
    "resolved": (talk(thread(resolved=True, resolved_by=WRITER)), (WRITER,)),
    "resolved and fixed": (talk(thread(fixed="1" * 40, resolved=True, resolved_by=WRITER)), ()),
    "a bot": (talk(thread(said("x[bot]", "/review dismiss"), resolved=True)), ()),
    "gone": (
        talk(thread(said("ghost", "/review dismiss"), resolved=True, resolved_by="ghost")),
        (),
    ),
    "each once, and who resolves before who speaks first": (
        talk(
            thread(said("b", "/review dismiss", "3"), said("a", "/review dismiss", "2")),
            thread(resolved=True, resolved_by="c"),
            remarks=(said("d", "/review dismiss", "1"), said("b", "/review dismiss", "4")),
        ),
        ("c", "d", "a", "b"),
    ),
}


@pytest.mark.parametrize(("conversation", "people"), ASKED.values(), ids=ASKED)
def test_only_of_people_whose_word_depends_on_it_it_is_asked_whether_they_may_write(
    conversation, people
):
    assert askers(conversation) == people
