"""What we answer to orders in comments: known again, and naming each order there is."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from tasks.core.forge.markers import answered, is_summary, summary_mark
from tasks.core.inbound.answers import SAID, help_answer, unknown_answer
from tasks.core.inbound.wishes import Verb
from tasks.core.queueing.queues import QUEUES


@pytest.mark.parametrize(
    "body", ["", "/review help", f"> {help_answer(7)}", f" {help_answer(7)}", summary_mark()]
)
def test_other_comments_answer_nothing(body):
    assert answered(body) == ""


def test_an_answer_is_known_by_the_comment_it_answers_and_is_no_summary():
    for body in (help_answer(7), unknown_answer(7, "/review all")):
        assert answered(body) == "7"
        assert not is_summary(body)


def test_the_help_has_every_order_and_every_queue():
    words = [verb.value for verb in Verb if verb is not Verb.UNKNOWN]
    for word in (*words, *QUEUES.values()):
        assert word in help_answer(7)


@pytest.mark.parametrize("said", ["/review `<b>x</b>`", "/review <!--", "/review @acme/all", "/"])
def test_what_somebody_has_written_is_shown_as_it_was_and_does_nothing(said):
    page = MarkdownIt("gfm-like", {"linkify": False}).render(unknown_answer(7, said))
    first = next(line for line in page.splitlines() if line.startswith("<p>"))
    assert first.startswith("<p><code>")
    assert "<b>" not in first
    assert "<table>" in page


def test_a_long_order_is_cut():
    assert "x" * (SAID + 1) not in unknown_answer(7, "x" * 5_000)
