from __future__ import annotations

import pytest

from tasks.core.lines import line_count, odd_breaks


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2), ("a\r\nb\r\n", 2), ("a\fb\vc\n", 1)],
)
def test_usual_lines_are_counted_as_git_does(text, count):
    assert line_count(text.encode()) == count
    assert odd_breaks(text.encode()) == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a\rb\n", 2),
        ("a\r\rb", 3),
        ("a\u2028b\n", 2),
        ("a\u2029b\n", 2),
        ("a\u0085b\n", 2),
        ("\r", 2),
    ],
)
def test_a_break_that_only_some_tools_know_counts(text, count):
    assert line_count(text.encode()) == count
    assert odd_breaks(text.encode()) > 0
