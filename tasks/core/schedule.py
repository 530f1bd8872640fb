"""Which steps of a plan to start now, and which cannot give their answer any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.report import Report, Status


def ready(plan: WorkflowConfig, done: Collection[str], running: Collection[str]) -> tuple[str, ...]:
    """Return the steps that may start now: the most urgent first, then as in the plan.

    ``done`` are the steps that have ended, however they did.
    """
    ended, busy = frozenset(done), frozenset(running)
    free = max(0, plan.max_concurrent_tasks - len(busy))
    waiting = (task for task in plan.tasks if task.name not in ended and task.name not in busy)
    startable = [task for task in waiting if ended.issuperset(task.dependencies)]
    startable.sort(key=lambda task: -task.priority)  # stable: the plan's order stays
    return tuple(task.name for task in startable[:free])


def unmet(task: TaskDefinition, upstream: Mapping[str, Report | None]) -> str:
    """Return why a step cannot give its answer, or an empty string when it can."""
    if task.always:
        return ""
    missing = [name for name in task.dependencies if not _answered(upstream.get(name))]
    if not missing:
        return ""
    return f"needs {' and '.join(missing)}, which did not look"


def _answered(report: Report | None) -> bool:
    """Return whether it looked at anything: a gap of one tool is not the silence of the step."""
    if report is None:
        return False
    if report.status is not Status.DID_NOT_LOOK or report.findings:
        return True
    return any(gap.who != report.step for gap in report.gaps)
