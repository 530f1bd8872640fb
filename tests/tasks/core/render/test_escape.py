from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt

from tasks.core.render.escape import (
    code,
    cut,
    encodable,
    for_html,
    for_markdown,
    for_mermaid,
    for_terminal,
    name,
    quoted_html,
    source_line,
    visible,
)

ESC = "\x1b"

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]>",
    '"-->',
    f"{ESC}[31mred{ESC}[0m {ESC}]0;title\x07",
    "@everyone",
    "look at #123 and GH-45 and acme/shop#6",
    "see 4f0c1a9b4f0c1a9b4f0c1a9b4f0c1a9b4f0c1a9b",
    "https://evil.example www.evil.example mail@evil.example",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "a | b || c",
    "`tick` ``two`` ``` three",
    "`a`@x `b",
    "line\nbreak\r\n\n# heading\n- [ ] box",
    "\u202eevil\u202c \u200bzero\ufeff \u2066iso\u2069",
    "back\\slash \\| \\` path\\xff.py",
    "lone \udcff surrogate",
    "$math$ $$x$$ ~~gone~~ **bold** __init__ _em_",
    "&lt;b&gt; &#64;everyone",
    "%0A%1b \x00 \x7f \x85 \u2028 \U000e0001",
)

QUIET = (
    "",
    "plain words, (and) some: points; it's 5/6 - done.",
    "snake_case stays",
    "Größe 測試 ✅",
)


@pytest.mark.parametrize("text", QUIET)
def test_what_is_harmless_stays_as_it_is(text):
    assert visible(text) == name(text) == for_terminal(text) == for_markdown(text) == text
    assert html.unescape(for_html(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_terminal_gets_moves_and_hides_nothing(text):
    for shown in (for_terminal(text), name(text), source_line(text)):
        assert shown.isprintable()
        assert shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb", r"a\nb"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\udcff", r"\udcff"),
        ("\u3000", "\u3000"),
    ],
)
def test_what_acts_is_written_out(text, shown):
    assert visible(text) == shown


def test_white_space_of_prose_is_folded_and_of_a_name_is_not():
    assert for_terminal(" two\n\tlines ") == "two lines"
    assert name("two\nlines") == r"two\nlines"


TAGS = re.compile(r"</?[a-z][^>]*>")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("escape", [for_markdown, code])
def test_markdown_of_a_stranger_makes_no_tag_but_code(text, escape):
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    table = page.render(f"| a | b |\n|---|---|\n| {escape(text)} | last |\n")
    assert set(TAGS.findall(table)) <= {
        "<table>", "</table>", "<thead>", "</thead>", "<tbody>", "</tbody>",
        "<tr>", "</tr>", "<th>", "</th>", "<td>", "</td>", "<code>", "</code>",
    }  # fmt: skip
    assert table.count("<td>") == 2
    assert "<td>last</td>" in table


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("escape", [for_markdown, code])
def test_markdown_of_a_stranger_says_what_it_said(text, escape):
    said = MarkdownIt("commonmark", {"html": True}).render(f"x {escape(text)} x")
    expected = for_terminal(text) if escape is for_markdown else name(text)
    plain = html.unescape(TAGS.sub("", said))
    # CommonMark folds and strips blanks; quotes a text has made itself become code.
    assert re.sub(r"[\s`]", "", plain) == re.sub(r"[\s`]", "", f"x{expected}x")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_outside_of_code_notifies_or_links(text):
    said = MarkdownIt("commonmark", {"html": True}).render(f"x {for_markdown(text)} x")
    outside = html.unescape(TAGS.sub("", re.sub(r"<code>.*?</code>", "", said)))
    assert not re.search(r"@\w|#\d|\bGH-\d|https?://|www\.|\b[0-9a-f]{7,40}\b", outside)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("ask @everyone now", "ask `@everyone` now"),
        ("fixes #12.", "fixes `#12.`"),
        ("`cond is None` is better", "`cond is None` is better"),
        ("(`x`), ok", "(`x`), ok"),
        ("a<b>", "a\\<b\\>"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("a|b", "a\\|b"),
    ],
)
def test_prose_in_markdown_reads_well(text, markdown):
    assert for_markdown(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("", ""),
        ("a.py", "`a.py`"),
        ("`", "`` ` ``"),
        ("a|b|", "`a`\\|`b`\\|"),
        ("``", "``` `` ```"),
    ],
)
def test_code_in_markdown_has_a_fence_of_its_own(text, markdown):
    assert code(text) == markdown


@pytest.mark.parametrize("text", HOSTILE)
def test_html_of_a_stranger_is_text(text):
    for shown in (for_html(text), quoted_html(text)):
        assert "<" not in shown.replace("<code>", "").replace("</code>", "")
    assert '"' not in for_html(text)


def test_what_a_text_quotes_is_code_in_html():
    assert quoted_html("`a<b>` unused") == "<code>a&lt;b&gt;</code> unused"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_of_mermaid_cannot_end_itself(text):
    assert not set(for_mermaid(text).replace("#", "").replace(";", "")) & set("\"'<>[]{}|`&\\@%\n")


def test_mermaid_labels_use_its_own_entities():
    assert for_mermaid('a "b"') == "a #34;b#34;"


def test_what_is_too_long_is_cut_and_says_so():
    long = "x" * 10_000
    assert cut(long, 100) == "x" * 100 + "… (10,000 characters in all)"
    assert source_line(long) == "x" * 240 + "… (10,000 characters in all)"
    assert for_terminal(long) == "x" * 500 + "… (10,000 characters in all)"
    assert for_markdown(long) == for_terminal(long)
    assert len(for_html("<" * 10_000)) < 3_000


def test_what_is_just_long_enough_is_whole():
    assert cut("x" * 100, 100) == "x" * 100
    assert for_terminal("x" * 500) == "x" * 500
    assert source_line("x" * 240) == "x" * 240


def test_blanks_behind_which_something_is_cut_do_not_hide_that():
    assert for_terminal("a" + " " * 5_000 + "b") == "a… (5,002 characters in all)"


def test_a_tab_is_four_blanks_and_a_line_has_no_end():
    assert source_line("\tx = 1  \r") == "    x = 1"


@pytest.mark.parametrize(("text", "said"), [("ok ✅", "ok ✅"), ("\udcff", r"\udcff")])
def test_what_no_encoding_holds_is_written_out(text, said):
    assert encodable(text) == said
