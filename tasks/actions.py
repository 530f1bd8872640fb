"""What the steps of a plan can do: every action there is, by name."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.artifacts import publish
from tasks.core.metrics import measure, told
from tasks.core.report import Report
from tasks.look import look
from tasks.measure import measure_performance
from tasks.steps import Action, StepRun
from tasks.suite import run_suite


def review_performance(run: StepRun) -> Report:
    """Return what the rules say of speed, and what could be measured of it."""
    said = look(run)
    findings, gaps, facts, used = measure_performance(run)
    return said.but(
        findings=(*said.findings, *findings),
        gaps=(*said.gaps, *gaps),
        facts=(*said.facts, *facts),
        used=(*said.used, *used),
    )


def conclude(run: StepRun) -> Report:
    """Decide over what was said, and leave the verdict in Prefect."""
    reports = tuple(run.upstream.values())
    publish(run.conclude(reports), run.shown)
    seconds = max((report.started + report.seconds for report in reports), default=0.0)
    return Report(step=run.step.name, facts=(told(measure(reports, seconds=seconds)),))


ACTIONS: Mapping[str, Action] = {
    "code_quality": look,
    "security_scan": look,
    "config_validation": look,
    "performance_review": review_performance,
    "test_coverage": run_suite,
    "final_review": conclude,
}
