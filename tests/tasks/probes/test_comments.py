from __future__ import annotations

import pytest

from tasks.probes.comments import LONGEST, comment_in, language


@pytest.mark.parametrize(
    ("path", "first_line", "kind"),
    [
        ("a.unknown", "", ""),
        ("LICENSE", "Apache", ""),
        ("a.PY", "", "python"),
        ("run", "#!/usr/bin/env python3", "python"),
        ("run", "#!/bin/sh", "hash"),
        ("Dockerfile.dev", "", "hash"),
        ("a.tsx", "", "slashes"),
        ("a.md", "", "angles"),
        ("a.sql", "", "dashes"),
    ],
)
def test_a_language_is_known_by_name_or_first_line(path, first_line, kind):
    assert language(path, first_line) == kind


@pytest.mark.parametrize(
    ("kind", "line", "text"),
    [
        ("hash", "a#b", None),
        ("hash", "'# no' \"# no\"", None),
        ("hash", "it's # yes", " yes"),
        ("hash", "# yes", " yes"),
        ("slashes", "f('// no') // yes", " yes"),
        ("slashes", "/* yes */", " yes */"),
        ("angles", "it's <!-- yes -->", " yes -->"),
        ("dashes", "select 1 -- yes", " yes"),
        ("hash", "x" * LONGEST + " # yes", " yes"),
        ("hash", "x" * (LONGEST + 1), None),
        ("", "anything", "anything"),
    ],
)
def test_a_comment_is_what_no_string_holds(kind, line, text):
    comment = comment_in(kind, 1, line)
    assert (comment and comment.text) == text
    assert comment is None or line[comment.column - 1 :] == comment.text
