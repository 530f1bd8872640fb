"""The middle of a review: run its plan, and tell everybody who follows how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from prefect.logging import get_run_logger

from flows.audience import AUDIENCE
from flows.runner import Caching, PlanRun, not_kept
from tasks.actions import ACTIONS
from tasks.artifacts import progress_of
from tasks.core.marking import marked
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render.words import outcome
from tasks.core.report import Report
from tasks.keys import kept_key, step_key
from tasks.runs import kept_scope
from tasks.steps import StepRun


async def look_at(plan: WorkflowConfig, review: StepRun, *, days: int) -> tuple[Report, ...]:
    """Return what every step of the plan says; answers are kept for some days, or for none.

    ``review`` has what all the steps are given; each gets its own definition, deadline and
    what was said before it.
    """
    audience, logger, scope = AUDIENCE.get(), get_run_logger(), kept_scope()

    def act(step: TaskDefinition, upstream: Mapping[str, Report], until: float) -> Report:
        return ACTIONS[step.action](replace(review, step=step, upstream=upstream, until=until))

    async with progress_of(review.change.name, len(plan.tasks)) as moved:

        def finished(report: Report) -> None:
            logger.info("%s: %s", report.step, outcome(review.shown.of(report)))
            moved(report.step)
            audience.finished(review.shown.of(report))

        run = PlanRun(
            plan,
            act,
            caching=Caching(
                key=partial(step_key, review=review) if days else lambda _: "",
                lifetime=timedelta(days=days) if days else None,
                kept=partial(kept_key, review=review, scope=scope) if scope else not_kept,
            ),
            started=audience.started,
            finished=finished,
            after=partial(
                marked, change=review.change, policy=review.policy, text_of=review.shown.text_of
            ),
            stop=review.stop,
        )
        return await run.run()
