from __future__ import annotations

import pytest

from tasks.core.failures import MOST_LISTED, judged, reason
from tasks.core.finding import Finding, Severity
from tasks.core.junit import Case, Outcome, Suite
from tasks.core.report import Gap

FILES = frozenset({"tests/test_m.py", "src/shop/cart.py", "setup.py"})

TRACE = """\
tests/test_m.py:7: in test_a
    assert total() == 4
src/shop/cart.py:3: in total
    raise ValueError
E   ValueError
"""


def failed(**values: object) -> Case:
    known: dict[str, object] = {
        "name": "test_a",
        "class_name": "tests.test_m",
        "file": "tests/test_m.py",
        "line": 5,
        "outcome": Outcome.FAILED,
        "text": TRACE,
    }
    return Case(**{**known, **values})  # type: ignore[arg-type]


def only(case: Case, **values: object) -> Finding | Gap:
    [said] = judged(Suite((case,)), FILES, **values)  # type: ignore[arg-type]
    return said


def test_tests_that_passed_or_were_skipped_mean_nothing() -> None:
    cases = (failed(outcome=Outcome.PASSED), failed(outcome=Outcome.SKIPPED))
    assert judged(Suite(cases), FILES) == []


def test_a_failing_test_is_an_error_at_the_line_of_its_file_that_failed() -> None:
    assert only(failed()) == Finding(
        path="tests/test_m.py",
        line=7,
        rule="pytest/failed",
        caused=True,
        severity=Severity.ERROR,
        message="test_a: ValueError",
    )


def test_a_test_without_a_traceback_is_reported_where_it_begins() -> None:
    said = only(failed(text="", message="boom\nmore"))
    assert isinstance(said, Finding)
    assert (said.line, said.message) == (5, "test_a: boom")


def test_a_traceback_with_absolute_paths_gives_the_line_too() -> None:
    said = only(failed(text="/review/tests/test_m.py:12: AssertionError"))
    assert isinstance(said, Finding)
    assert said.line == 12


def test_a_test_that_failed_before_is_marked_and_not_dropped() -> None:
    said = only(failed(), before={("tests.test_m", "test_a")})
    assert isinstance(said, Finding)
    assert said.caused is False
    assert said.message.endswith("(it did not pass at the base either)")


def test_of_too_many_the_new_ones_are_listed_and_the_rest_is_said() -> None:
    cases = tuple(failed(name=f"test_{number}") for number in range(MOST_LISTED + 5))
    old = {case.key for case in cases[:-1]}
    *listed, gap = judged(Suite(cases), FILES, old)
    assert len(listed) == MOST_LISTED
    assert [one for one in listed if isinstance(one, Finding) and one.caused] == listed[:1]
    assert gap == Gap(who="pytest", why="5 more tests did not pass; they are not listed")


def test_a_file_that_cannot_be_imported_is_found_by_its_module() -> None:
    case = failed(
        name="tests.test_m",
        class_name="",
        file="",
        outcome=Outcome.ERROR,
        line=0,
        text="E   SyntaxError",
    )
    said = only(case)
    assert isinstance(said, Finding)
    assert (said.path, said.line, said.rule) == ("tests/test_m.py", 0, "pytest/error")


@pytest.mark.parametrize("name", ["setup.py", "tests.test_m.TestA"])
def test_a_name_may_be_a_file_or_go_on_with_classes(name: str) -> None:
    assert isinstance(only(failed(name=name, class_name="", file="")), Finding)


@pytest.mark.parametrize("file", ["/etc/passwd", "../tests/test_m.py", "other.py", ""])
def test_a_file_that_is_not_of_the_tree_is_a_gap(file: str) -> None:
    case = failed(file=file, class_name="x.y")
    assert only(case) == Gap(who="pytest", why="test_a did not pass and is in no file of the tree")


@pytest.mark.parametrize("module", ["requests", "requests.adapters"])
def test_a_module_the_environment_lacks_says_nothing_about_the_change(module: str) -> None:
    text = f"E   ModuleNotFoundError: No module named '{module}'"
    assert only(failed(outcome=Outcome.ERROR, text=text)) == Gap(
        who="pytest",
        path="tests/test_m.py",
        why=f"the environment has no module {module}: install it there",
    )


@pytest.mark.parametrize("module", ["shop.basket", "tests.helpers", "cart"])
def test_a_module_that_could_be_the_trees_own_is_a_finding(module: str) -> None:
    text = f"E   ModuleNotFoundError: No module named '{module}'"
    assert isinstance(only(failed(outcome=Outcome.ERROR, text=text)), Finding)


@pytest.mark.parametrize(
    ("text", "message", "said"),
    [
        ("", "", "it gave no reason"),
        ("no mark", "AssertionError\nmore", "AssertionError"),
        ("E   assert 1 == 2\nE    +  where 1 = f()", "", "assert 1 == 2"),
        ("E   KeyError: 1\n\nDuring handling\nE   ValueError: 2\nE   more", "", "ValueError: 2"),
        ("Error: not a mark", "boom", "boom"),
        ("E   a\x1b[31mred\u202e", "", "a\\x1b[31mred\\u202e"),
    ],
)
def test_the_reason_is_the_first_line_of_the_last_block(text: str, message: str, said: str) -> None:
    assert reason(failed(text=text, message=message)) == said


def test_a_long_reason_is_cut() -> None:
    assert 300 <= len(reason(failed(text="E   " + "x" * 10_000))) < 400
