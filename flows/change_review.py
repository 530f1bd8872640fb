"""Review one change where it is: from a base to a head of a git repository on this machine."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled

from flows.audience import AUDIENCE
from flows.reviewing import Asked, reviewed
from flows.watching import RunCancelled, watched
from tasks.core.policy import ReviewPolicy
from tasks.core.verdict import Verdict


@flow(name="change-review", flow_run_name="{name}")
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
) -> Verdict | State[None]:
    """Let every step of the plan look at a change, decide, and say so.

    ``name`` is what the change is called: ``owner/name@head`` or ``folder@head``. ``repository``
    is a folder; ``base`` is a revision, ``head`` one too or ``WORKTREE``. Ends as Cancelled where
    somebody cancels its run.

    Raises:
        CannotReview: there is no such repository or revision.
    """
    asked = Asked(policy or ReviewPolicy(), only, skip, all_lines, cache)

    async def review_it() -> Verdict:
        async with reviewed(repository, base, head, name=name, asked=asked) as review:
            AUDIENCE.get().decided(review.verdict, review.shown)
            return review.verdict

    try:
        return await watched(review_it)
    except RunCancelled as ended:
        return Cancelled(message=str(ended))
