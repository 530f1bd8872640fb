"""Review one change: from a base to a head of a git repository."""

from __future__ import annotations

from functools import partial

from prefect import flow
from prefect.results import get_result_store

from flows.audience import AUDIENCE
from flows.looking import look_at
from tasks.checkout import prepare
from tasks.conclusion import shown_with, verdict_on
from tasks.core.policy import ReviewPolicy
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


@flow(name="pr-review", flow_run_name="{name}")
async def review_change(
    name: str,
    repository: str,
    base: str,
    head: str,
    policy: ReviewPolicy | None = None,
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    all_lines: bool = False,  # noqa: FBT001, FBT002 - a flow's parameters are its form
    cache: bool = True,  # noqa: FBT001, FBT002
) -> Verdict:
    """Let every step of the plan look at a change, decide, and say so.

    ``name`` is what the change is called: ``owner/name@head`` or ``folder@head``. ``repository``
    is a folder; ``base`` is a revision, ``head`` one too or ``WORKTREE``.

    Raises:
        CannotReview: there is no such repository or revision.
    """
    policy = policy or ReviewPolicy()
    days = policy.cache_days if cache else 0
    await ensure_limits(policy)
    with scratch_folder() as scratch:
        repo = open_repository(repository).with_scratch(scratch)
        ids = repo.resolve(base), head_of(repo, head)
        change = prepare(repo, *ids, name=name, scratch=scratch, policy=policy)
        plan = plan_review(change, policy, looking(change, policy), only, skip)
        AUDIENCE.get().prepared(change, plan)
        review = StepRun(
            plan.config.tasks[-1],
            change,
            policy,
            until=0.0,
            memory=memory_of(get_result_store(), change.project, days),
            python=policy.python or python_of(repo, change.base),
            conclude=partial(
                verdict_on, change=change, plan=plan, policy=policy, all_lines=all_lines
            ),
            shown=shown_with(change, plan, policy, all_lines=all_lines),
        )
        verdict = review.conclude(await look_at(plan.config, review, days=days))
        AUDIENCE.get().decided(verdict, review.shown)
    return verdict
