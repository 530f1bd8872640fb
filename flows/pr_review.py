"""Review a pull request as GitHub has it now, and say it there exactly once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from prefect import flow
from prefect.client.schemas.objects import State

from flows.always import learn_always
from flows.audience import AUDIENCE
from flows.pull import PolicyFor, Pull
from flows.reviewing import Asked, reviewed
from flows.rivals import make_way
from flows.talk import Talk
from flows.unfinished import give_up, not_reviewed, unfinished, wait_for_room
from flows.watching import watching
from tasks.changed_paths import changed_paths
from tasks.core.forge.admission import why_not
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.dismissals import dismissals_of
from tasks.core.policy import ReviewPolicy
from tasks.core.verdict import Verdict
from tasks.dismissals import known
from tasks.errors import ReviewError
from tasks.forge.errors import NotAllowed
from tasks.forge.said import Superseded
from tasks.policy_file import POLICY, policy_in
from tasks.runs import why_given_up


@flow(name="pr-review", flow_run_name="{repository}#{number}")
async def review_pull_request(
    repository: str,
    number: int,
    publish: bool = True,  # noqa: FBT001, FBT002 - a flow's parameters are its form
    using: str = "",
    policy: ReviewPolicy | None = None,
    fail_on: str = "",
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    all_lines: bool = False,  # noqa: FBT001, FBT002
    cache: bool = True,  # noqa: FBT001, FBT002
    again: bool = False,  # noqa: FBT001, FBT002
) -> Verdict | State[None]:
    """Read a pull request, let every step of the plan look, decide, and say so on GitHub.

    ``repository`` is ``owner/name``; ``using`` a block document (``github-app/acme``), empty
    for the token of the environment or the block called ``default``. Without ``policy``, the
    base branch's own is followed. ``again`` shows a new check run where the head's is completed:
    somebody has asked for one. Ends as NotReviewed where the policy ignores the pull
    request, as Superseded where a newer push makes it pointless, and as GivenUp where its process
    has died too often. A process that loses the run to another one says nothing more.

    Raises:
        CannotReview: it cannot be read, or its policy cannot be followed.
        ForgeError, NotSaid: GitHub does not let us say it, or not after all attempts.
    """

    def policy_for(conversation: Conversation) -> ReviewPolicy:
        where = f"{conversation.context.base_branch}:{POLICY}"
        found = policy or policy_in(conversation.settings, where)
        return found.with_threshold(fail_on) if fail_on else found

    def asked(policy: ReviewPolicy) -> Asked:
        return Asked(policy, only, skip, all_lines, cache)

    pull = Pull(Talk(repository, number, using, publish), again=again)
    async with watching() as watch:
        try:
            if why := await why_given_up():
                return await watch.over(partial(give_up, pull, policy_for, why))
            return await watch.over(partial(_review, pull, policy_for, asked))
        except asyncio.CancelledError:
            await pull.fail("its run was interrupted")
            raise
        except Exception as error:  # noqa: BLE001 - what is a failure is raised again
            return await unfinished(pull, error)


async def _review(
    pull: Pull, policy_for: PolicyFor, asked: Callable[[ReviewPolicy], Asked]
) -> Verdict | State[None]:
    """Prepare, look, decide, say."""
    began = time.monotonic()
    await wait_for_room()
    if why := await pull.open(policy_for):
        return not_reviewed(why)
    fetched = await pull.talk.fetch()
    ids = fetched.merge_base, fetched.head
    await make_way(pull, fetched.repository)
    paths = changed_paths(fetched.repository, *ids)
    if why := why_not(pull.context, pull.policy.pull_requests, paths):
        await pull.skip(why)
        return not_reviewed(why)
    always = await known(pull.context.repository)
    async with reviewed(
        fetched.repository,
        *ids,
        name=str(pull.context),
        asked=asked(pull.policy),
        dismissals=(*always, *dismissals_of(pull.talk.known, pull.policy.say)),
        planned=pull.begin,
    ) as review:
        try:
            verdict = await pull.say(review, always, time.monotonic() - began)
        except Superseded:
            raise
        except ReviewError:
            AUDIENCE.get().decided(review.verdict, review.shown)
            raise
        AUDIENCE.get().decided(verdict, review.shown)
        if pull.unread and not AUDIENCE.get().unsaid(verdict, review.shown):
            raise NotAllowed(f"saying the review of {pull.context}", needs="pull_requests: write")
    await learn_always(pull.talk, verdict)
    return verdict
