from __future__ import annotations

import pytest
import yaml

from tasks.probes.files import CannotLookError
from tasks.probes.yaml_marks import documents


def value(text):
    (document,) = documents(text)
    return document.value


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: on", {"a": "on"}),
        ("a: yes", {"a": "yes"}),
        ("a: true", {"a": True}),
        ("a: 'true'", {"a": "true"}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ("a: 10", {"a": 10}),
        ("a: 0o10", {"a": 8}),
        ("a: 0x1F", {"a": 31}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 3.10", {"a": 3.1}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: 2024-01-01", {"a": "2024-01-01"}),
        ("on: push", {"on": "push"}),
        ("1: x", {"1": "x"}),
        ("? [x]\n: y", {"['x']": "y"}),
        ("[a, {b: c}]", ["a", {"b": "c"}]),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
        ("a: {<<: [{p: 1}, {p: 2, q: 2}]}", {"a": {"p": 1, "q": 2}}),
        ("&k a: *k", {"a": "a"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
    ],
)
def test_it_reads_yaml_1_2(text, read):
    assert value(text) == read


def test_it_knows_the_line_of_everything_in_every_document():
    one, two = documents("a:\n  b:\n    - c\n    - d: e\n---\nf: 1\n")
    assert one.lines[("a", "b", 1, "d")] == 4
    assert one.lines[("a",)] == 1
    assert two.lines[("f",)] == 6
    assert (one.line, two.line) == (1, 6)


def test_it_remembers_where_a_tag_makes_something_else_of_a_value():
    (document,) = documents("a: !reset []\nb: !!str 5\nc: ! d\n")
    assert document.tagged == [("a",)]


@pytest.mark.parametrize(
    "text",
    [
        "a: *b",
        "a: &a [*a]",
        "[" * 200 + "]" * 200,
        "a: &a [" + "x," * 1000 + "]\nb: [" + "*a," * 1000 + "]",
    ],
)
def test_what_multiplies_or_has_no_end_is_not_looked_at(text):
    with pytest.raises(CannotLookError):
        value(text)


def test_what_is_no_yaml_is_refused():
    with pytest.raises(yaml.YAMLError):
        value("a: [")


def test_nothing_is_no_document():
    assert list(documents("# only a comment\n")) == []
