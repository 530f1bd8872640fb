"""Our own texts are known again, and nobody else's is taken for ours."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tasks.core.forge.markers import (
    FindingMark,
    ReviewMark,
    check_id,
    finding_mark,
    is_summary,
    read_finding,
    read_review,
    review_mark,
    summary_mark,
    unix,
    with_fixed,
)
from tasks.core.forge.writes import COMMENT_LIMIT
from tasks.core.render.escape import code, for_markdown

HEAD = "9e107d9d" * 5
LATER = "4f0c1a9b" * 5
MARK = finding_mark("a1" * 8, "b2" * 8, HEAD, rule="ruff/F401", step="code_quality")
READ = FindingMark("a1" * 8, "b2" * 8, HEAD, rule="ruff/F401", step="code_quality")
BODY = f"{MARK}\n\n**error**: `os` is not used\n\n```suggestion\n```"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nothing of ours",
        f"> {MARK}",
        f" {MARK}",
        f"a word first {MARK}",
        f"\n{MARK}",
        MARK.replace(":1", ":2"),
        MARK.replace("<!--", "<!-"),
        MARK.removesuffix(" -->"),
        MARK.replace(" line=", "\nline="),
        MARK.replace("finding", "remark"),
        code(MARK),
        for_markdown(MARK),
        summary_mark(),
        review_mark(HEAD, "run"),
    ],
)
def test_what_does_not_begin_with_the_mark_of_a_finding_is_about_none(body):
    assert read_finding(body) is None


def test_each_mark_is_only_what_it_is():
    assert read_review(MARK) is None
    assert read_review(summary_mark()) is None
    assert not is_summary(MARK)
    assert not is_summary(review_mark(HEAD, "run"))
    assert not is_summary(f"see {summary_mark()}")


@pytest.mark.parametrize("after", ["", "\n\ntext", "\r\n\r\ntext", f"\n\n{summary_mark()}", MARK])
def test_what_follows_a_mark_does_not_matter(after):
    assert read_finding(MARK + after) == READ
    assert is_summary(summary_mark() + after)
    assert read_review(review_mark(HEAD, "run") + after) == ReviewMark(HEAD, "run")


@pytest.mark.parametrize(
    "odd",
    ["", "-->", "--", "a b", "a=b", "a\nb", "a\r\nb", "<b>", "%41", "é", "\udcff", "`|`", "--!>"],
)
def test_whatever_a_value_holds_it_comes_back_and_stays_inside(odd):
    mark = finding_mark(odd, odd, odd, odd, rule=odd, step=odd)
    assert "\n" not in mark
    assert mark.isascii()
    assert mark.index("-->") == len(mark) - 3
    encoded = odd.encode("utf-8", "backslashreplace").decode()
    assert read_finding(f"{mark}\n\ntext") == FindingMark(*[encoded] * 6)
    assert read_review(review_mark(odd, odd)) == ReviewMark(encoded, encoded)


@pytest.mark.parametrize("mark", [MARK, summary_mark(), review_mark(HEAD, "a-b")])
def test_a_mark_is_not_seen_and_what_follows_is_markdown(mark):
    shown = MarkdownIt("commonmark").render(f"{mark}\n\n**bold**")
    assert re.sub("<!--.*?-->", "", shown).strip() == "<p><strong>bold</strong></p>"


def test_what_a_mark_does_not_say_is_empty():
    assert read_finding("<!-- prefect-review:finding:1 -->") == FindingMark("")
    assert read_finding("<!-- prefect-review:finding:1 fingerprint=a new=b -->") == FindingMark("a")
    assert read_review("<!-- prefect-review:review:1 -->") == ReviewMark("", "")


@pytest.mark.parametrize("body", [BODY, BODY.replace("\n", "\r\n")])
def test_a_fixed_finding_says_so_and_keeps_the_rest(body):
    fixed = with_fixed(body, LATER)
    assert read_finding(fixed) == FindingMark(
        "a1" * 8, "b2" * 8, HEAD, LATER, "ruff/F401", "code_quality"
    )
    assert "\n\nFixed in `4f0c1a9`.\n\n**error**: `os` is not used\n" in fixed
    assert fixed.endswith("```suggestion\n```")
    assert "\r" not in fixed


@pytest.mark.parametrize("between", ["\n", "\r\n"])
def test_saying_it_again_changes_nothing_and_another_head_takes_its_place(between):
    fixed = with_fixed(BODY, LATER).replace("\n", between)
    assert with_fixed(fixed, LATER) == unix(fixed)
    again = with_fixed(fixed, HEAD)
    assert again.count("Fixed in") == 1
    assert "Fixed in `9e107d9`." in again


def test_only_our_own_sentence_is_replaced():
    body = f"{MARK}\n\nFixed in `1234567`.\n\nsays the message"
    assert with_fixed(body, LATER).count("Fixed in") == 2


def test_a_comment_stays_within_what_github_takes():
    long = with_fixed(MARK + "\n\n" + "x" * COMMENT_LIMIT, LATER)
    assert len(long) == COMMENT_LIMIT
    assert read_finding(long).fixed == LATER


def test_what_is_not_about_a_finding_is_not_edited():
    with pytest.raises(ValueError, match="mark of a finding"):
        with_fixed(f"{summary_mark()}\n\ntext", LATER)


def test_reading_takes_no_time_whatever_stands_there():
    for body in ("<!-- prefect-review:finding:1" + " a=" * 200_000, MARK[:-4] + "x" * 1_000_000):
        assert read_finding(body) is None


def test_a_check_run_is_known_by_pull_request_and_head():
    assert check_id(7, HEAD) == f"prefect-review/7/{HEAD}"
