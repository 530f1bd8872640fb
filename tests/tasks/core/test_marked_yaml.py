"""YAML without its surprises, and with its lines."""

from __future__ import annotations

import pytest

from tasks.core.marked_yaml import DEEPEST, LONGEST, MarkedError, read_marked


@pytest.mark.parametrize("text", ["", "\n", "# a remark", "---\n", "---\n...\n", "~", "{}"])
def test_nothing_is_an_empty_mapping(text):
    assert read_marked(text).values == {}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("word", "word"),
        ("true", True),
        ("False", False),
        ("off", "off"),
        ("no", "no"),
        ("'true'", "true"),
        ("3", 3),
        ("-1", -1),
        ("1_000_000", 1_000_000),
        ("'3'", "3"),
        ("010", 10),
        ("1:30", "1:30"),
        ("9" * 20, "9" * 20),
        ("0.5", 0.5),
        ("1.5e3", 1500.0),
        ("2026-01-01", "2026-01-01"),
        ("''", ""),
        ("[]", []),
        ("[a, [1, ~], {b: c}]", ["a", [1, None], {"b": "c"}]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_a_value_is_what_it_looks_like(written, value):
    read = read_marked(f"name: {written}").values["name"]
    assert read == value
    assert type(read) is type(value)


def test_a_name_is_always_text():
    assert read_marked("off: 1\n2: 3\ntrue: 4").values == {"off": 1, "2": 3, "true": 4}


@pytest.mark.parametrize("written", ["", "~", "null", "Null"])
def test_a_name_without_a_value_is_as_if_it_were_not_there(written):
    marked = read_marked(f"a: {written}\nb: 1")
    assert marked.values == {"b": 1}


def test_some_values_stay_text():
    text = "python: 3.10\nother: 3.10\nin: {python: 3}"
    values = read_marked(text, frozenset({"python"})).values
    assert values == {"python": "3.10", "other": 3.1, "in": {"python": "3"}}


def test_every_name_and_member_has_its_line():
    marked = read_marked("a: 1\nb:\n  c:\n  - x\n  - y: 1\n")
    assert marked.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "c", 1, "y"): 5,
    }


@pytest.mark.parametrize(
    ("path", "known", "line"),
    [
        ((), (), 1),
        (("x",), (), 1),
        (("b",), ("b",), 2),
        (("b", "c", "int"), ("b", "c"), 3),
    ],
)
def test_what_has_no_line_has_that_of_the_nearest_around_it(path, known, line):
    marked = read_marked("a: 1\nb:\n  c: 1")
    assert marked.known(path) == known
    assert marked.line(path) == line


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("word", "expected names with values", 1),
        ("\n- a\n- b", "expected names with values", 2),
        ("a: 1\n---\nb: 2", "a second document begins here", 2),
        ("a: 1\nb: 2\na: 3", "'a' is there twice", 3),
        ("a: {b: 1, b: 2}", "'b' is there twice", 1),
        (BOMB, "anchors and aliases", 1),
        ("a: 1\nb: *a", "anchors and aliases", 2),
        ("*a : 1", "expected a plain name", 1),
        ("&a b: 1", "expected a plain name", 1),
        ("!!str b: 1", "expected a plain name", 1),
        ("? [a, b]\n: 1", "expected a plain name", 1),
        ("a: !!python/object/apply:os.system [x]", "tags", 1),
        ("a: !!int x", "tags", 1),
        ("<<: {a: 1}\nb: [", "not YAML", 2),
        ("a: b: c", "not YAML: mapping values are not allowed here", 1),
        ("a: 1\nb: \x00", "not YAML: special characters are not allowed", 2),
        ("a: 1\n\tb: 2", "not YAML", 2),
        ("%YAML 9.9\n---\na: 1", "not YAML", 1),
        ("a: " + "[" * 12_000, "nested deeper than", 1),
        ("a: " + "{b: " * 12_000, "nested deeper than", 1),
        ("a: " + "x" * LONGEST, "longer than 100,000 characters", 1),
    ],
)
def test_what_is_not_one_short_plain_mapping_is_refused_with_its_line(text, why, line):
    with pytest.raises(MarkedError) as refused:
        read_marked(text)
    assert why in str(refused.value)
    assert refused.value.line == line


def test_what_is_just_deep_enough_is_read():
    text = "a: " + "[" * DEEPEST + "]" * DEEPEST
    assert read_marked(text).values["a"] != []


def test_a_merge_key_is_a_name_like_any_other():
    assert read_marked("<<: {a: 1}").values == {"<<": {"a": 1}}
