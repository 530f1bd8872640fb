"""How one review decides, and what its verdict is shown with."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from tasks.analysers import ANALYSERS
from tasks.copies import reader
from tasks.core.change import ChangeSet
from tasks.core.dismissal import Dismissal
from tasks.core.policy import ReviewPolicy
from tasks.core.render import About, Shown
from tasks.core.report import Report
from tasks.core.template import Plan
from tasks.core.verdict import LeftOut, Truncated, Verdict, decide


def verdict_on(
    reports: Sequence[Report],
    *,
    change: ChangeSet,
    plan: Plan,
    policy: ReviewPolicy,
    all_lines: bool,
    dismissals: Sequence[Dismissal] = (),
    left_out: Sequence[LeftOut] = (),
) -> Verdict:
    """Return the verdict on a change, over what the steps of its plan said.

    ``left_out`` is what is left out beside the steps that the plan does without.
    """
    return decide(
        reports,
        policy,
        name=change.name,
        base=change.base,
        head=change.head,
        left_out=(*plan.left_out, *left_out),
        truncated=[Truncated(path=f.path, why=f.left_out) for f in change.left_out],
        dismissals=dismissals,
        all_lines=all_lines,
    )


def shown_with(change: ChangeSet, plan: Plan, policy: ReviewPolicy, *, all_lines: bool) -> Shown:
    """Return what the verdict on a change is shown with, while its copies are there."""
    return Shown(
        plan=plan.config,
        text_of=reader(change),
        version=version("prefect-review"),
        all_lines=all_lines,
        tools={name: About(tool.title, tool.url) for name, tool in ANALYSERS.items()},
        required=policy.required,
    )
