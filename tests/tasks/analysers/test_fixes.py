from __future__ import annotations

import pytest

from tasks.analysers.fixes import LONGEST, Edit, Suggestion, line_of, suggestion

TEXT = "import os\nimport sys\nx = (1)\n"


@pytest.mark.parametrize(
    ("text", "edits", "around"),
    [
        (TEXT, [], 1),
        ("\ufeffimport os\n", [Edit(1, 1, 2, 1, "")], 1),  # its first column is one further
        (TEXT, [Edit(1, 1, 2, 1, "")], 3),  # somewhere else than the finding
        (TEXT, [Edit(1, 1, 1, 7, "from"), Edit(3, 1, 3, 2, "y")], 1),  # in two places
        (TEXT, [Edit(9, 1, 9, 2, "y")], 9),  # behind the end
        (TEXT, [Edit(1, 1, 1, 10, "")], 1),  # an empty line cannot be said: it would delete
        (TEXT, [Edit(1, 7, 2, 7, "")], 1),  # changes nothing
        (TEXT, [Edit(1, 8, 2, 1, "x")], 1),  # glues two lines together
        (TEXT, [Edit(3, 5, 3, 8, "1"), Edit(3, 6, 3, 7, "2")], 3),  # two that overlap
        ("x\n" * 99, [Edit(1, 1, LONGEST + 2, 1, "y\n")], 1),  # longer than anybody reads
    ],
)
def test_no_suggestion_where_it_would_not_be_what_the_tool_means(text, edits, around):
    if edits and edits[0] == Edit(1, 7, 2, 7, ""):
        text = "importimport os\n"
        edits = [Edit(1, 1, 1, 7, "import")]
    assert suggestion(text, edits, around) is None


@pytest.mark.parametrize(
    ("text", "edits", "around", "expected"),
    [
        (TEXT, [Edit(1, 1, 2, 1, "")], 1, Suggestion(1, 1, "")),
        (TEXT, [Edit(3, 5, 3, 8, "1")], 3, Suggestion(3, 3, "x = 1")),
        (TEXT, [Edit(3, 7, 3, 8, ""), Edit(3, 5, 3, 6, "")], 3, Suggestion(3, 3, "x = 1")),
        (TEXT, [Edit(2, 1, 2, 1, "import re\n")], 2, Suggestion(2, 2, "import re\nimport sys")),
        (TEXT, [Edit(1, 8, 1, 10, "re"), Edit(2, 8, 2, 11, "io")], 2,
         Suggestion(1, 2, "import re\nimport io")),
        ("a='é日'; b = 1\r\n", [Edit(1, 13, 1, 14, "2")], 1, Suggestion(1, 1, "a='é日'; b = 2")),
        ("if x:\r\n    y\r\n", [Edit(1, 1, 3, 1, "y\r\nz\r\n")], 1, Suggestion(1, 2, "y\nz")),
        ("x = (1)", [Edit(1, 5, 1, 8, "1")], 1, Suggestion(1, 1, "x = 1")),
    ],
)  # fmt: skip
def test_edits_become_the_lines_that_replace_those_they_touch(text, edits, around, expected):
    assert suggestion(text, edits, around) == expected


def test_a_line_that_is_not_there_is_empty():
    assert [line_of("a\r\nb", row) for row in (0, 1, 2, 3)] == ["", "a", "b", ""]
