"""A secret's line is shown nowhere, by no format, next to no other finding."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding
from tasks.core.policy import ReviewPolicy
from tasks.core.redaction import HIDDEN, redacted
from tasks.core.render import FORMATS, Shown
from tasks.core.report import Report
from tasks.core.template import PR_REVIEW
from tasks.core.verdict import decide

SECRET = "hunter" + "2-of-the-" + "shop"
TEXT = f"import os\nTOKEN = '{SECRET}'\nprint(TOKEN)\n"


def finding(rule, line, **more):
    return Finding(path="a.py", line=line, rule=rule, severity="error", message="m", **more)


def said(*found):
    return (
        Report(step="code_quality", findings=found),
        Report(step="security_scan", findings=(finding("secrets/password", 2),)),
    )


def test_without_secrets_nothing_is_taken_away():
    fixable = Report(step="x", findings=(finding("ruff/Q000", 2, suggestion="x"),))
    assert redacted([fixable]) == (fixable,)


def test_a_suggestion_that_would_repeat_a_secret_is_dropped_and_others_stay():
    there = finding("ruff/Q000", 2, suggestion=f'TOKEN = "{SECRET}"')
    around = finding("ruff/I001", 1, end_line=3, suggestion=TEXT)
    beside = finding("ruff/F401", 1, suggestion="")
    first, _ = redacted(said(there, around, beside))

    assert [f.suggestion for f in first.findings] == [None, None, ""]


@pytest.mark.parametrize("rule", ["bandit/B105", "ruff_security/S105", "gitleaks/x", "secrets/y"])
@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_no_format_shows_a_line_with_a_secret(format_, rule):
    reports = (
        Report(
            step="code_quality",
            findings=(
                finding("ruff/F401", 1, suggestion=""),
                finding("ruff/Q000", 2, column=9, suggestion=f'TOKEN = "{SECRET}"'),
                finding("ruff/T201", 3),
            ),
        ),
        Report(step="security_scan", findings=(finding(rule, 2, column=9),)),
    )
    verdict = decide(reports, ReviewPolicy())
    shown = Shown(plan=PR_REVIEW, text_of=lambda _: TEXT)
    text = format_(verdict, shown)

    assert SECRET not in text
    assert "F401" in text


def test_what_stands_for_it_says_so():
    shown = Shown(plan=PR_REVIEW, text_of=lambda _: TEXT)
    assert HIDDEN in FORMATS["text"](decide(said(), ReviewPolicy()), shown)


def test_a_secret_behind_the_end_of_the_text_hides_nothing_else():
    reports = (Report(step="security_scan", findings=(finding("secrets/x", 9),)),)
    shown = Shown(plan=PR_REVIEW, text_of=lambda _: "one\n")
    assert "secrets/x" in FORMATS["text"](decide(reports, ReviewPolicy()), shown)
