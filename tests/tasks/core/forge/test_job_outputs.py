"""What a job in GitHub Actions hands on of a verdict."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding, Severity
from tasks.core.forge.job_outputs import COUNTED, outputs_of
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report
from tasks.core.verdict import decide


def verdict(*severities, on_changed_line=True):
    found = tuple(
        Finding(
            path="a.py",
            line=line,
            rule="ruff/F821",
            severity=severity,
            message="m",
            on_changed_line=on_changed_line,
        )
        for line, severity in enumerate(severities, 1)
    )
    reports = (
        Report(step="code_quality", findings=found),
        Report(step="security_scan"),
    )
    return decide(reports, ReviewPolicy())


def test_where_nothing_was_found_all_counts_are_there_and_none():
    assert outputs_of(verdict()) == {
        "verdict": "passed",
        "summary": "passed: no findings",
        "findings": "0",
        "critical": "0",
        "errors": "0",
        "warnings": "0",
        "remarks": "0",
    }


def test_findings_on_lines_that_the_change_does_not_touch_are_not_counted():
    said = outputs_of(verdict(Severity.ERROR, on_changed_line=False))
    assert (said["verdict"], said["findings"], said["errors"]) == ("passed", "0", "0")


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_has_its_own_count(severity):
    said = outputs_of(verdict(severity, severity))
    assert {word: said[word] for word in COUNTED.values() if said[word] != "0"} == {
        COUNTED[severity]: "2"
    }
    assert said["findings"] == "2"


def test_a_verdict_that_failed_says_so():
    assert outputs_of(verdict(Severity.CRITICAL))["verdict"] == "failed"
