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
        keep=not any(map(_may_be_measured_yet, facts)),
    )


def _may_be_measured_yet(fact: str) -> bool:
    """Return whether a fact says that something kept us from measuring what could be measured."""
    return ("were not measured" in fact and "no Python changed" not in fact) or "no time" in fact


def run_tests(run: StepRun) -> Report:
    """Return what the project's tests say; what failed may be mended where no tree shows it."""
    said = run_suite(run)
    return said.but(keep=not any(found.rule.startswith("pytest/") for found in said.findings))


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
    "test_coverage": run_tests,
    "final_review": conclude,
}
