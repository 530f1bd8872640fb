"""What every review does, whatever brought it: prepare, look, decide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from prefect.results import get_result_store

from flows.audience import AUDIENCE
from flows.looking import look_at
from tasks.baseline import baseline_of
from tasks.checkout import prepare
from tasks.conclusion import shown_with, verdict_on
from tasks.core.change import ChangeSet
from tasks.core.dismissal import Dismissal
from tasks.core.policy import ReviewPolicy
from tasks.core.render import Shown
from tasks.core.report import Report
from tasks.core.template import plan_review
from tasks.core.verdict import Verdict
from tasks.git import open_repository
from tasks.limits import ensure_limits
from tasks.look import looking
from tasks.python_version import python_of
from tasks.results import memory_of
from tasks.scratch import scratch_folder
from tasks.steps import StepRun
from tasks.worktree import head_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of one review, beside the policy of its repository."""

    policy: ReviewPolicy
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    all_lines: bool = False
    cache: bool = True

    @property
    def days(self) -> int:
        """Return for how many days answers are kept."""
        return self.policy.cache_days if self.cache else 0


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review that has decided, while the copies it is about are there.

    ``decide`` returns the verdict over what the steps said, without what was dismissed.
    """

    change: ChangeSet
    shown: Shown
    verdict: Verdict
    decide: Callable[[Sequence[Dismissal]], Verdict]


@asynccontextmanager
async def reviewed(
    folder: str,
    base: str,
    head: str,
    *,
    name: str,
    asked: Asked,
    dismissals: Sequence[Dismissal] = (),
    planned: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> AsyncIterator[Reviewed]:
    """Let every step of the plan look at a change, and decide.

    ``folder`` holds a repository; ``base`` is a revision, ``head`` one too or ``WORKTREE``.
    ``planned`` is called when the steps begin, and is done when they end.

    Raises:
        CannotReview: there is no such repository or revision.
    """
    policy = asked.policy
    await ensure_limits(policy)
    with scratch_folder() as scratch:
        repo = open_repository(folder).with_scratch(scratch)
        ids = repo.resolve(base), head_of(repo, head)
        change = prepare(repo, *ids, name=name, scratch=scratch, policy=policy)
        plan = plan_review(change, policy, looking(change, policy), asked.only, asked.skip)
        AUDIENCE.get().prepared(change, plan)
        old = baseline_of(repo, change.base)

        def decide(reports: Sequence[Report], dismissals: Sequence[Dismissal]) -> Verdict:
            return verdict_on(
                reports,
                change=change,
                plan=plan,
                policy=policy,
                all_lines=asked.all_lines,
                dismissals=(*old.dismissals, *dismissals),
                left_out=old.left_out,
            )

        review = StepRun(
            plan.config.tasks[-1],
            change,
            policy,
            until=0.0,
            memory=memory_of(get_result_store(), change.project, asked.days),
            python=policy.python or python_of(repo, change.base),
            conclude=partial(decide, dismissals=dismissals),
            shown=shown_with(change, plan, policy, all_lines=asked.all_lines),
        )
        meanwhile = asyncio.ensure_future(planned()) if planned else None
        reports = await look_at(plan.config, review, days=asked.days)
        if meanwhile:
            await meanwhile
        verdict = review.conclude(reports)
        yield Reviewed(change, review.shown, verdict, partial(decide, reports))
