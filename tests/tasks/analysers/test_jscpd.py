from __future__ import annotations

import pytest

from tasks.analysers.jscpd import ANALYSER, wants
from tests.tasks.analysers.recorded import recorded, target
from tests.tasks.analysers.seeds import TWICE

ONE = f"def one(argument, other):\n{TWICE}    return value_1\n"
TWO = f'"""Two."""\n\n\ndef two(argument, other):\n{TWICE}    return value_1\n'


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.md", False),
        ("a.json", False),
        ("tests/test_a.py", False),
        ("a.test.ts", False),
        ("a.min.js", False),
        ("app/migrations/0001.py", False),
        ("a.py", True),
        ("a.TS", True),
    ],
)
def test_it_wants_code_that_is_not_alike_on_purpose(path, wanted):
    assert wants(path, "") is wanted


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": ONE},
        {"a.py": ONE, "b.py": "x = 1\n"},
        {"a.py": "import os\nimport sys\n", "b.py": "import os\nimport sys\n"},
    ],
)
def test_it_says_nothing_of_what_is_there_once(rules, files):
    assert rules("jscpd", files) == []


def test_both_copies_are_told_where_the_other_one_is():
    said = list(ANALYSER.parse(recorded("jscpd.json"), target("one.py", "two.py")))
    assert [(f.path[9:], f.line, f.end_line, f.message) for f in said] == [
        ("one.py", 4, 19, "these 16 lines are also in two.py:4-19"),
        ("two.py", 4, 19, "these 16 lines are also in one.py:4-19"),
    ]


def test_a_new_copy_is_found(rules):
    found = rules("jscpd", {"a.py": ONE, "b.py": TWO}, before={"a.py": ONE})
    assert {path for _, path, _ in found} == {"a.py", "b.py"}


def test_a_copy_that_was_there_before_is_not_told_again(rules):
    files = {"a.py": ONE, "b.py": TWO}
    changed = {path: text.replace("* 3", "* 4") for path, text in files.items()}
    grown = {path: text + "    # more\n" * 3 for path, text in files.items()}
    assert rules("jscpd", grown, before=files) == []
    assert rules("jscpd", changed, before=files) != []  # so new that nothing of it was there


def test_a_second_copy_in_the_same_file_is_new(rules):
    twice = f"{ONE}\n\n{TWO}"
    assert rules("jscpd", {"a.py": twice}, before={"a.py": twice}) == []
    assert rules("jscpd", {"a.py": twice}, before={"a.py": ONE}) != []
