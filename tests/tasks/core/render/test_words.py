from __future__ import annotations

import pytest

from tasks.core.finding import Finding, Severity
from tasks.core.render.words import by_severity, count, duration, headline, how, outcome, tally
from tasks.core.report import Gap, Report
from tasks.core.verdict import Answer, Verdict


def found(*severities: Severity) -> tuple[Finding, ...]:
    return tuple(
        Finding(path="a", line=1, rule="t/R", severity=severity, message="m")
        for severity in severities
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.00 s"), (0.042, "0.04 s"), (9.994, "9.99 s"), (10, "10.0 s"), (59.94, "59.9 s"),
        (59.97, "1 min 00 s"), (125, "2 min 05 s"), (3_725, "62 min 05 s"),
    ],
)  # fmt: skip
def test_durations_read_well(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_200, "1,200 rows")]
)
def test_counts_read_well(number, said):
    assert count(number, "row") == said


def test_severities_are_counted_the_worst_first():
    findings = found(Severity.INFO, Severity.CRITICAL, Severity.INFO, Severity.ERROR)
    assert list(tally(findings).items()) == [
        (Severity.CRITICAL, 1), (Severity.ERROR, 1), (Severity.INFO, 2),
    ]  # fmt: skip
    assert by_severity(findings) == "1 critical, 1 error, 2 remarks"
    assert by_severity(()) == ""


@pytest.mark.parametrize(
    ("report", "says", "came"),
    [
        (Report(step="a"), "clean", ""),
        (Report(step="a", findings=found(Severity.INFO), cached=True), "1 finding", "cached"),
        (Report(step="a", gaps=(Gap(who="a", why="w"),), attempts=2), "did not look", "2 attempts"),
        (
            Report(
                step="a",
                findings=found(Severity.INFO),
                gaps=(Gap(who="t", why="w"),),
                cached=True,
                attempts=3,
            ),
            "did not look (1 finding)",
            "cached, 3 attempts",
        ),
    ],
)
def test_what_a_step_said_is_told_in_a_few_words(report, says, came):
    assert outcome(report) == says
    assert how(report) == came


@pytest.mark.parametrize(
    ("answer", "summary", "said"),
    [
        (Answer.PASSED, "passed: no findings", ("Passed", "no findings")),
        (Answer.DID_NOT_LOOK, "did not look: x", ("Did not look", "x")),
        (Answer.FAILED, "in other words", ("Failed", "in other words")),
    ],
)
def test_the_headline_says_the_answer_once(answer, summary, said):
    assert headline(Verdict(answer=answer, summary=summary)) == said
