from __future__ import annotations

import pytest

from tasks.analysers.growth import Function, message, outline, severity, too_complex


def functions(*pairs):
    return [Function(name, line, line, number) for line, (name, number) in enumerate(pairs, 1)]


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ([], []),
        ([("f", 10)], []),  # at the limit
        ([("f", 30)], [("f", 30)]),  # as it was
        ([("f", 29)], [("f", 30)]),  # better than it was
        ([("f", 10)], [("f", 3)]),  # grown, to the limit
        ([("g", 30)], [("f", 30)]),  # another name
        ([("B.f", 30)], [("A.f", 30)]),  # another class
        ([("f", 3), ("f", 30)], [("f", 3), ("f", 30)]),  # an overload
        ([("new", 1), ("f", 30)], [("f", 30)]),
    ],
)
def test_what_did_not_grow_over_the_limit_is_left_alone(head, base):
    assert list(too_complex(functions(*head), functions(*base), 10)) == []


@pytest.mark.parametrize(
    ("head", "base", "expected"),
    [
        ([("f", 11)], [], [("f", None)]),
        ([("f", 11)], [("f", 10)], [("f", 10)]),
        ([("f", 40)], [("f", 30)], [("f", 30)]),
        ([("f", 40)], [("g", 30), ("h", 3)], [("f", None)]),
        ([("B.f", 40)], [("A.f", 30)], [("B.f", 30)]),
        ([("f", 3), ("f", 31)], [("f", 3), ("f", 30)], [("f", 30)]),
        # what is gone stands for one function, not for two
        ([("g", 30), ("h", 30)], [("f", 30)], [("h", None)]),
    ],
)
def test_what_grew_over_the_limit_is_named_with_what_it_was(head, base, expected):
    found = too_complex(functions(*head), functions(*base), 10)
    assert [(function.name, before) for function, before in found] == expected


@pytest.mark.parametrize(
    ("number", "before", "level"),
    [(11, None, "warning"), (11, 10, "warning"), (31, 30, "info"), (36, 30, "warning")],
)
def test_a_little_more_of_what_was_too_complex_is_no_warning(number, before, level):
    assert severity(Function("f", 1, 1, number), before, 10).label == level


def test_the_message_has_both_numbers():
    function = Function("A.f", 1, 9, 14)
    assert message("cyclomatic", function, 12, 10) == (
        "`A.f` has a cyclomatic complexity of 14; it was 12, the limit is 10"
    )
    assert "it is new" in message("cyclomatic", function, None, 10)


def test_functions_are_outlined_by_their_indentation():
    text = (
        "class A:\r\n    @x\r\n    def f(\r\n        self,\r\n    ):\r\n        def g():\n"
        "            pass\n# comment\n        return g\n\n    class B:\n"
        "        async def h(self): pass\ndef i():\n    pass\n"
    )
    assert outline(text) == {
        3: ("A.f", 9),
        6: ("A.f.g", 7),
        12: ("A.B.h", 12),
        13: ("i", 14),
    }
