from __future__ import annotations

import pytest

from tasks.analysers.typos import ANALYSER
from tests.tasks.analysers.recorded import recorded, target

TEXTS = {
    "/scratch/a.md": "Straße: teh relavent part, acommodate.\nA word: ser, certifi, wich.\n",
    "/scratch/a.py": "relavent = 1  # recieve\n# recieve\n",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "All is well.\n"),
        ("a.md", "ser, aci, dne, ba\n"),  # initials and prefixes
        ("a.md", "the package certifi\n"),
        ("a.md", "x" * 3000 + " relavent\n"),  # no person's line
        ("uv.lock", "relavent\n"),
        ("package-lock.json", '"relavent"\n'),
        ("a.min.js", "relavent\n"),
        ("locale/de/a.txt", "relavent\n"),
        ("vendor/a.py", "# relavent\n"),
    ],
)
def test_it_says_nothing_of_what_is_no_mistake(rules, path, text):
    assert rules("typos", {path: text}) == []


def test_bytes_become_characters_and_a_line_is_mended_as_a_whole():
    said = list(ANALYSER.parse(recorded("typos.json"), target("a.md", "a.py", read=TEXTS.get)))
    assert [(f.path[9:], f.line, f.column, f.suggestion) for f in said] == [
        ("a.md", 1, 9, "Straße: the relevant part, accommodate."),
        ("a.md", 1, 13, "Straße: the relevant part, accommodate."),
        ("a.md", 1, 28, "Straße: the relevant part, accommodate."),
        ("a.md", 2, 23, None),  # which or witch
        ("a.py", 1, 1, None),  # a name that other lines may use
        ("a.py", 1, 17, None),
        ("a.py", 2, 3, "# receive"),
    ]
    assert said[0].message == "`teh` should be `the`"
    assert said[3].message == "`wich` should be `which` or `witch`"


def test_a_place_that_cannot_be_told_is_the_whole_line(look_at):
    (found,) = look_at("typos", {"a.md": b"\xe9 relavent\n"}).findings
    assert (found.line, found.column, found.suggestion) == (1, 0, None)


def test_windows_line_breaks_are_no_part_of_a_suggestion(look_at):
    (found,) = look_at("typos", {"a.md": "all\r\nis relavent\r\n"}).findings
    assert (found.line, found.suggestion) == (2, "is relevant")


def test_a_word_without_a_correction_is_one_to_avoid():
    line = '{"type":"typo","path":"/scratch/a.md","line_num":1,"byte_offset":0,"typo":"wrong","corrections":[]}'  # noqa: E501
    (found,) = ANALYSER.parse(line, target("a.md", read=lambda _: "wrong"))
    assert found.message == "`wrong` is a word to avoid"
    assert found.suggestion is None
