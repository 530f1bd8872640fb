from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tasks.core.forge.comment import HINT, LONGEST, inline, suggestion
from tasks.core.forge.markers import FindingMark, read_finding
from tasks.core.forge.placing import Place
from tasks.core.forge.writes import COMMENT_LIMIT
from tests.tasks.core.forge.scenes import PATH, STEP, about, finding
from tests.tasks.core.render.test_formats import NASTY

SHOWN = about().shown
PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table"])


def test_it_says_how_bad_it_is_which_rule_what_and_how_to_dismiss_it():
    comment = inline(finding(3, message="`os` imported but unused"), Place(3), "a" * 40, SHOWN)
    mark, text, hint = comment.body.split("\n\n")
    assert text == (
        "🟡 **warning** [`ruff/F401`](https://docs.astral.sh/ruff/rules/): `os` imported but unused"
    )
    assert hint == HINT
    assert (comment.path, comment.line, comment.start_line) == (PATH, 3, 0)
    assert comment.fingerprint == finding(3).fingerprint
    assert read_finding(mark) == FindingMark(
        finding(3).fingerprint,
        finding(3).line_fingerprint,
        "a" * 40,
        rule="ruff/F401",
        step=STEP,
    )


def test_a_rule_of_an_unknown_tool_is_no_link():
    comment = inline(finding(1, rule="own/rule"), Place(1), "a" * 40, SHOWN)
    assert "**warning** `own/rule`: number 1" in comment.body


@pytest.mark.parametrize(
    ("text", "place", "block"),
    [
        (None, Place(3), ""),
        ("x = 1", Place(4), ""),  # not the lines to be replaced
        ("x = 1", Place(4, 3), ""),
        ("x = 1", Place(3), "```suggestion\nx = 1\n```"),
        ("\tx = 1\n\n  y = '\u00a0'", Place(3), "```suggestion\n\tx = 1\n\n  y = '\u00a0'\n```"),
        ("", Place(3), "```suggestion\n```"),
        ("\n", Place(3), "```suggestion\n\n\n```"),
        ("a\r\nb\r", Place(3), "```suggestion\na\nb\n```"),
        ("```", Place(3), "````suggestion\n```\n````"),
        ("a ````` b", Place(3), "``````suggestion\na ````` b\n``````"),
        ("a\rb", Place(3), ""),
        ("a\x00", Place(3), ""),
        ("if admin\u202e:", Place(3), ""),
        ("x" * LONGEST, Place(3), f"```suggestion\n{'x' * LONGEST}\n```"),
        ("x" * (LONGEST + 1), Place(3), ""),
    ],
)
def test_a_suggestion_is_exactly_the_lines_it_replaces(text, place, block):
    assert suggestion(finding(3, suggestion=text), place) == block


def test_a_suggestion_of_several_lines_is_on_all_of_them():
    found = finding(3, end_line=5, suggestion="one")
    comment = inline(found, Place(5, 3), "a" * 40, SHOWN)
    assert "\n\n```suggestion\none\n```\n\n" in comment.body
    assert (comment.start_line, comment.line) == (3, 5)


@pytest.mark.parametrize("text", [*NASTY, "é" * 20_000, "@ann #1 https://evil.example/ GH-2"])
def test_what_strangers_wrote_neither_acts_nor_gets_longer_than_it_may(text):
    found = finding(1).but(
        message=text, rule=f"tool/{text}", suggestion=text, step=text, fingerprint=text[:16]
    )
    comment = inline(found, Place(1), "a" * 40, SHOWN)
    assert len(comment.body) < COMMENT_LIMIT
    page = PAGE.render(comment.body.encode("utf-8", "backslashreplace").decode())
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert tags <= {"p", "strong", "code", "pre", "sub", "em"}
    quoted = re.sub(r"<code.*?</code>|<!--.*?-->", "", page, flags=re.DOTALL)
    for loud in ("@", "#1", "://", "GH-2"):
        assert loud not in quoted
    assert read_finding(comment.body) is not None
