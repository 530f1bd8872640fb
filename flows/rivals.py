"""Several runs on one pull request: of different heads, the present one's goes on."""

from __future__ import annotations

from pathlib import Path

from prefect.logging import get_run_logger

from flows.pull import Pull
from tasks.core.forge.admission import priority_of
from tasks.core.forge.superseding import LiveRun, superseded
from tasks.errors import CannotReview
from tasks.forge.mirror import is_ancestor
from tasks.forge.said import Superseded
from tasks.runs import cancel, given_priority, introduce, run_id, tag_of


async def make_way(pull: Pull, mirror: str) -> None:
    """Say how urgent this run is, and cancel those whose heads it takes the place of.

    Raises:
        Superseded: another run's head takes the place of ours.
    """
    context, head = pull.context, pull.head
    priority, why = priority_of(context, pull.policy.pull_requests)
    given = given_priority()
    label, why = (given, "as it was submitted") if given else (priority.label, why)
    get_run_logger().info("Priority %s: %s", label, why)
    others = await introduce(context, priority)
    if any(run.head != head for run in others):
        await pull.look_again()  # they may have seen a newer head than we have

    def older(old: str, new: str) -> bool | None:
        try:
            return is_ancestor(Path(mirror), old, new)
        except CannotReview:
            return None  # of a commit that only another run has fetched: not known

    decision = superseded(LiveRun(run_id(), head), others, head, older)
    if decision.mine:
        raise Superseded(tag_of(context), head, decision.mine.by)
    heads = {run.run: run.head for run in others}
    for ending in decision.others:
        get_run_logger().info("Run %s (%s): %s", ending.run, heads[ending.run], ending)
        await cancel(ending.run, str(ending))
        await pull.supersede(heads[ending.run], ending.by)
