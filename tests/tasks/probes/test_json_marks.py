from __future__ import annotations

import json

import pytest

from tasks.probes.json_marks import DEEPEST, JsonError, read_json


@pytest.mark.parametrize(
    "text",
    [
        "1", "-0", "1.5e-3", "true", "null", '""', '"a\\nb\\u00e9"', "[]", "{}", "[[], {}]",
        ' {"a" : [1 , 2], "b":{"c":null}} ', "\n[\n]\n", '{"": 1}', '"\\ud83d\\ude00"',
    ],
)  # fmt: skip
def test_it_reads_what_the_standard_library_reads(text):
    assert read_json(text).value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "why", "line", "column"),
    [
        ("", "it ends where a value is expected", 1, 1),
        ("{", "expected a name in double quotes", 1, 2),
        ("[1", "expected a comma or ]", 1, 3),
        ("{'a': 1}", "expected a name in double quotes", 1, 2),
        ('{"a" 1}', "expected a colon", 1, 6),
        ('{"a": }', "expected a value", 1, 7),
        ("[\n 1 2]", "expected a comma or ]", 2, 4),
        ("[,]", "expected a value", 1, 2),
        ("[1,,]", "expected a value", 1, 4),
        ("1 2", "something follows the end", 1, 3),
        ("01", "something follows the end", 1, 2),
        ("NaN", "expected a value", 1, 1),
        ('["a\nb"]', "Invalid control character", 1, 4),
        ('\n"a', "Unterminated string starting", 2, 1),
        ('"\\x"', "Invalid \\escape", 1, 2),
        ("/* x", "expected a value", 1, 1),
        ("1" * 5000, "a number of this length cannot be read", 1, 1),
    ],
)
def test_it_refuses_what_the_standard_library_refuses(text, why, line, column):
    with pytest.raises(JsonError) as caught:
        read_json(text)
    assert caught.value.why.startswith(why)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_it_knows_the_line_of_everything():
    marks = read_json('{\n "a": 1,\n "b": [\n  {"c":\n   2}\n ]\n}')
    assert marks.lines == {(): 1, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "c"): 5}


def test_it_notices_what_the_standard_library_keeps_quiet_about():
    marks = read_json('// x\n{"a": 1, /*\n*/ "a": 2,\n "a": [3,],\n}')
    assert marks.repeated == [("a", 3, 2), ("a", 4, 2)]
    assert marks.comments == [1, 2]
    assert marks.commas == [4, 4]
    assert marks.value == {"a": [3]}


def test_nesting_has_an_end():
    assert read_json("[" * DEEPEST + "]" * DEEPEST).value
    with pytest.raises(RecursionError):
        read_json("[" * 100_000)
