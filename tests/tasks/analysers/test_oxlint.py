from __future__ import annotations

import json

import pytest

from tasks.analysers.oxlint import ANALYSER
from tests.tasks.analysers.recorded import brief, recorded, target

TEXTS = {
    "/scratch/a.js": 'var é = "日本"; debugger;\nif (a = 1) { b() }\n',
    "/scratch/bad.ts": "let x = ;\n",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", "export const a = 1;\n"),
        ("a.ts", "export const a: number = 1;\n"),
        ("a.min.js", "debugger;\n"),
        ("packed.js", "debugger;" * 99),
    ],
)
def test_it_says_nothing_of_what_is_fine(rules, path, text):
    assert rules("oxlint", {path: text}) == []


def test_its_columns_are_bytes_and_become_characters():
    files = target("a.js", "bad.ts", read=TEXTS.get)
    said = sorted(ANALYSER.parse(recorded("oxlint.json"), files), key=lambda f: (f.path, f.line))
    assert brief(said) == [
        ("oxlint/eslint/no-unused-vars", 1, "info"),
        ("oxlint/eslint/no-debugger", 1, "warning"),
        ("oxlint/eslint/no-cond-assign", 2, "warning"),
        ("oxlint/eslint/no-constant-condition", 2, "warning"),
        ("oxlint/syntax", 1, "error"),
    ]
    assert [finding.column for finding in said] == [5, 15, 7, 5, 9]


def test_a_file_that_does_not_parse_costs_no_other(rules):
    found = rules("oxlint", {"a.js": "debugger;\n", "b.ts": "let x = ;\n"})
    assert sorted(found) == [("oxlint/eslint/no-debugger", "a.js", 1), ("oxlint/syntax", "b.ts", 1)]


def test_a_file_it_left_out_in_silence_is_never_clean():
    nothing = json.dumps({"diagnostics": [], "number_of_files": 1})
    with pytest.raises(ValueError, match="1 of 2 files"):
        list(ANALYSER.parse(nothing, target("a.js", "b.js")))


def test_a_diagnostic_without_a_place_is_about_the_file():
    item = {"message": "It.", "filename": "/scratch/a.js", "labels": []}
    answer = json.dumps({"diagnostics": [item], "number_of_files": 1})
    (found,) = ANALYSER.parse(answer, target("a.js", read=lambda _: ""))
    assert (found.line, found.column, found.message) == (0, 0, "It")
