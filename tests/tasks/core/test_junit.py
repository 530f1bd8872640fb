from __future__ import annotations

import pytest

from tasks.core import junit
from tasks.core.junit import Case, Outcome, Suite, UnreadableError, read_suite


def written(*cases: str) -> bytes:
    return (
        f"<testsuites><testsuite name='pytest'>{''.join(cases)}</testsuite></testsuites>".encode()
    )


def case(inner: str = "", *, name: str = "test_a") -> str:
    where = f"classname='tests.test_m' name='{name}' file='tests/test_m.py' line='4'"
    return f"<testcase {where}>{inner}</testcase>"


def test_no_test_is_no_case() -> None:
    assert read_suite(written()) == Suite()
    assert str(read_suite(written())) == "0 tests ran"


@pytest.mark.parametrize(
    ("inner", "outcome", "message", "text"),
    [
        ("", Outcome.PASSED, "", ""),
        ("<system-out>noise</system-out>", Outcome.PASSED, "", ""),
        ("<properties><property name='a' value='b'/></properties>", Outcome.PASSED, "", ""),
        ("<skipped message='not here'>why</skipped>", Outcome.SKIPPED, "not here", "why"),
        (
            "<failure message='assert 1'>E   &lt;x&gt;</failure>",
            Outcome.FAILED,
            "assert 1",
            "E   <x>",
        ),
        ("<error>text</error>", Outcome.ERROR, "", "text"),
        (
            "<failure message='first'>a</failure><error message='second'>b</error>",
            Outcome.ERROR,
            "second",
            "b",
        ),
        ("<error message='first'>a</error><failure>b</failure>", Outcome.ERROR, "first", "a"),
    ],
)
def test_a_case_is_as_pytest_says(inner: str, outcome: Outcome, message: str, text: str) -> None:
    assert read_suite(written(case(inner))).cases == (
        Case("test_a", "tests.test_m", "tests/test_m.py", 5, outcome, message, text),
    )


def test_a_suite_says_how_many_ended_how() -> None:
    suite = read_suite(
        written(
            case(),
            case("<failure/>"),
            *[case("<skipped/>")] * 2,
            case("<error/>"),
        )
    )
    assert str(suite) == "1 test passed, 2 skipped, 1 failed, 1 ended in an error"
    assert str(read_suite(written(case("<failure/>")))) == "1 test failed"
    assert [one.key for one in suite.ended(Outcome.FAILED)] == [("tests.test_m", "test_a")]


@pytest.mark.parametrize("line", ["-1", "x", "", "99999999999", "²"])
def test_a_line_that_is_none_is_the_whole_file(line: str) -> None:
    data = f"<testsuite><testcase name='a' line='{line}'/></testsuite>".encode()
    assert read_suite(data).cases[0].line == 0


BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<testsuite><testcase name="&b;"/></testsuite>"""

OUTSIDE = b"""<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite>&a;</testsuite>"""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no XML"),
        (b"<testsuite>", "no XML"),
        (b"\xff\xfe\x00", "no XML"),
        (b"<html/>", "no test suite"),
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (b"<!DOCTYPE testsuite><testsuite/>", "document type"),
        (b"<testsuite>&undefined;</testsuite>", "no XML"),
        (b"<a>" * 50_000, "deeper"),
    ],
)
def test_what_pytest_would_not_write_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_suite(data)


def test_what_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(UnreadableError, match="larger than 32 MB"):
        read_suite(b" " * (junit.MOST_BYTES + 1))


def test_more_tests_than_anybody_has_are_refused() -> None:
    data = written("<testcase/>" * (junit.MOST_CASES + 1))
    with pytest.raises(UnreadableError, match="more than 200,000 tests"):
        read_suite(data)


def test_of_a_long_text_the_end_is_kept() -> None:
    suite = read_suite(written(case(f"<failure>{'x' * junit.LONGEST_TEXT}END</failure>")))
    assert len(suite.cases[0].text) == junit.LONGEST_TEXT
    assert suite.cases[0].text.endswith("END")
