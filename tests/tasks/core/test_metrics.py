"""Rates never lie: nothing is 0, and never more than everything."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.core.finding import Finding, Severity
from tasks.core.metrics import WorkflowMetrics, measure, together, told
from tasks.core.report import Report, Use, did_not_look


def test_nothing_has_no_rates():
    nothing = WorkflowMetrics()
    assert nothing.success_rate == nothing.failure_rate == nothing.retry_rate == 0.0
    assert nothing.throughput_per_minute == nothing.cpu_seconds == nothing.peak_bytes == 0


def test_rates_are_shares_of_the_total():
    metrics = WorkflowMetrics(total=8, succeeded=5, failed=1, retried=2, duration_seconds=120)
    assert metrics.success_rate == 0.625
    assert metrics.failure_rate == 0.125
    assert metrics.retry_rate == 0.25
    assert metrics.throughput_per_minute == 3.0


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"total": 1, "succeeded": 2}, "2 succeeded and 0 failed, of only 1"),
        ({"total": 3, "succeeded": 2, "failed": 2}, "2 succeeded and 2 failed, of only 3"),
        ({"total": 1, "retried": 2}, "2 were tried again, of only 1"),
        ({"total": -1}, "total"),
        ({"duration_seconds": -1}, "duration_seconds"),
        ({"duration_seconds": float("nan")}, "duration_seconds"),
        ({"wait_seconds": float("inf")}, "wait_seconds"),
        ({"durations": [1.0, -1.0]}, "durations"),
        ({"queue_size": -1}, "queue_size"),
        ({"active_tasks": -1}, "active_tasks"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        WorkflowMetrics(**wrong)


def test_a_review_without_steps_measures_nothing():
    assert measure([], seconds=2.0) == WorkflowMetrics(duration_seconds=2.0)


def test_a_step_that_did_not_look_has_failed_and_one_with_findings_has_not():
    found = Finding(path="a", line=1, rule="t/X", severity=Severity.ERROR, message="x")
    reports = [
        Report(step="a", seconds=1.0),
        Report(step="b", findings=(found,), attempts=3, seconds=2.0),
        did_not_look("c", "timed out", attempts=2),
        did_not_look("d", "never began", attempts=0),
    ]
    metrics = measure(reports, seconds=3.0, wait_seconds=0.5)
    assert (metrics.total, metrics.succeeded, metrics.failed, metrics.retried) == (4, 2, 2, 2)
    assert metrics.durations == (1.0, 2.0, 0.0, 0.0)
    assert (metrics.duration_seconds, metrics.wait_seconds) == (3.0, 0.5)
    assert (metrics.success_rate, metrics.failure_rate, metrics.retry_rate) == (0.5, 0.5, 0.5)


def test_a_tools_use_is_one_figure_over_all_steps():
    uses = [
        Use(tool="ruff", seconds=1, cpu_seconds=2, peak_bytes=30, calls=1, files=4),
        Use(tool="typos", cpu_seconds=1, peak_bytes=50),
        Use(tool="ruff", seconds=2, cpu_seconds=0.5, peak_bytes=20, calls=2, cached_files=3),
    ]
    ruff = Use(
        tool="ruff", seconds=3, cpu_seconds=2.5, peak_bytes=30, calls=3, files=4, cached_files=3
    )
    assert together(uses) == (ruff, uses[1])
    reports = [Report(step="a", used=tuple(uses[:2])), Report(step="b", used=tuple(uses[2:]))]
    metrics = measure(reports, seconds=1)
    assert metrics.used == (ruff, uses[1])
    assert metrics.cpu_seconds == 3.5
    assert metrics.peak_bytes == 50


def test_metrics_survive_their_way_through_json():
    metrics = measure([Report(step="a", used=(Use(tool="ruff"),))], seconds=1)
    assert WorkflowMetrics.model_validate_json(metrics.model_dump_json()) == metrics


def test_what_the_tools_cost_is_told_in_one_line():
    ruff = Use(tool="ruff", cpu_seconds=0.5, peak_bytes=50 * 1024**2, calls=2)
    bandit = Use(tool="bandit", cpu_seconds=1.5, peak_bytes=80 * 1024**2, calls=1)
    metrics = measure([Report(step="a", used=(ruff, bandit))], seconds=3)

    assert told(metrics) == "2 tools in 3 calls: 2.0 s of CPU, at most 80 MiB (bandit)"


def test_where_nothing_had_to_look_nothing_was_spent():
    assert told(measure([Report(step="a", cached=True)], seconds=1)) == "no tool had to look"
