from __future__ import annotations

import pytest

from tasks.core.finding import Finding
from tasks.core.render.source import MARKED, Line, Sources, suggested

TEXT = "one\n\ttwo three\nfour\n"


def found(**values) -> Finding:
    plain = {"path": "a.py", "line": 2, "rule": "t/R", "severity": "info", "message": "m"}
    return Finding(**{**plain, **values})


def sources(text: str = TEXT) -> Sources:
    return Sources(lambda _: text)


@pytest.mark.parametrize(
    ("text", "values"),
    [("", {}), (TEXT, {"line": 0}), (TEXT, {"line": 99}), ("", {"line": 0, "column": 3})],
)
def test_what_is_not_there_is_not_shown(text, values):
    finding = found(**values)
    assert sources(text).excerpt(finding) == ()
    assert sources(text).pointer(finding) == ""
    assert sources(text).about(finding) == ()


def test_the_lines_it_is_about_are_marked_between_their_neighbours():
    assert sources().excerpt(found(), 1) == (
        Line(1, "one", marked=False),
        Line(2, "    two three", marked=True),
        Line(3, "four", marked=False),
    )


def test_a_finding_about_many_lines_shows_the_first_of_them():
    shown = sources("x\n" * 100).excerpt(found(line=1, end_line=90))
    assert len(shown) == MARKED
    assert sources("x\n" * 100).excerpt(found(line=1, end_line=90), 2)[-1].number == MARKED + 2


@pytest.mark.parametrize(
    ("line", "column", "pointer"),
    [
        ("abc", 0, ""),
        ("abc", 1, "^"),
        ("abc", 3, "  ^"),
        ("abc", 4, "   ^"),
        ("abc", 5, ""),
        ("\tabc", 2, "    ^"),
        ("\x1babc", 2, "    ^"),
        ("x" * 300, 290, ""),
    ],
)
def test_the_caret_stands_below_what_is_shown(line, column, pointer):
    assert sources(line).pointer(found(line=1, column=column)) == pointer


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb", "a\nb", "a\nb\n"])
def test_lines_end_as_the_tools_say(text):
    assert sources(text).lines("x") == ("a", "b")


def test_a_form_feed_or_a_separator_ends_no_line():
    assert sources("a\x0cb\x85c\u2028d\n").lines("x") == ("a\x0cb\x85c\u2028d",)


def test_each_file_is_read_once():
    asked = []
    shared = Sources(lambda path: asked.append(path) or TEXT)
    for number in (1, 2, 3):
        shared.excerpt(found(line=number))
    assert asked == ["a.py"]


@pytest.mark.parametrize(
    ("suggestion", "lines"), [(None, ()), ("", ()), ("\tx\ny", ("    x", "y"))]
)
def test_a_suggestion_is_shown_by_lines(suggestion, lines):
    assert suggested(found(suggestion=suggestion)) == lines


def test_a_long_suggestion_is_cut_and_says_so():
    assert suggested(found(suggestion="x\n" * 20 + "x"))[-1] == "… (9 more lines)"
