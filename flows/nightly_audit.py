"""Audit a whole repository: every line of its default branch, by the plan of every review."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed
from pydantic import TypeAdapter

from flows.audience import AUDIENCE
from flows.reviewing import Asked, Reviewed, reviewed
from flows.unfinished import SERVER_AWAY
from flows.watching import RunCancelled, watched
from tasks.baseline import baseline_of
from tasks.core.policy import ReviewPolicy
from tasks.core.queueing.marks import GIVEN_UP
from tasks.core.verdict import Verdict
from tasks.dismissals import known
from tasks.errors import ReviewError
from tasks.forge.branch import Branch, read_branch
from tasks.forge.errors import RateLimited
from tasks.forge.sweeping import sweep_settings
from tasks.forge.tell import Wire, fetch
from tasks.git import EMPTY_TREE, open_repository
from tasks.policy_file import POLICY, policy_in
from tasks.python_version import python_of
from tasks.runs import is_deployed, put_off, run_id, why_given_up
from tasks.service import audits
from tasks.service.submit import on_hold

NOTHING = "NothingToAudit"
"""The name of the state of an audit of every repository where there is none."""

NOWHERE = (
    "no repository is to be audited: name some in the section `sweep` of the block "
    "github-app/default or github-token/default, in Prefect's UI"
)


def _name() -> str:
    return str(flow_run.parameters.get("repository") or "every repository")


@flow(name="nightly-audit", flow_run_name=_name)
async def audit(
    repository: str = "",
    using: str = "",
    policy: ReviewPolicy | None = None,
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    cache: bool = True,  # noqa: FBT001, FBT002 - a flow's parameters are its form
) -> Verdict | State[None]:
    """Let every step look at all lines of a repository's default branch; keep what they say.

    Without ``repository``, each that the GitHub block's section ``sweep`` names is audited in a
    run of its own. ``using`` is a block document, empty for the environment's token or the
    block called ``default``. Without ``policy`` the branch's own is followed.

    Raises:
        CannotReview: it cannot be read, or its policy cannot be followed.
        ForgeError: GitHub did not let us read it.
    """
    if not repository:
        how = {"policy": policy, "only": only, "skip": skip, "cache": cache}
        try:
            return await watched(partial(_each, using, how))
        except RunCancelled as ended:
            return Cancelled(message=str(ended))
    if why := await why_given_up():
        return Failed(name=GIVEN_UP, message=f"Given up: {why}")

    def asked(found: ReviewPolicy) -> Asked:
        return Asked(policy or found, only, skip, all_lines=True, cache=cache)

    try:
        return await watched(partial(_audit, repository, using, asked))
    except RunCancelled as ended:
        return Cancelled(message=str(ended))
    except (RateLimited, httpx.TransportError) as error:
        wait = error.wait if isinstance(error, RateLimited) else SERVER_AWAY
        if is_deployed() and not wait.too_long:
            await put_off(wait)
        raise


async def _audit(repository: str, using: str, asked: Callable[[ReviewPolicy], Asked]) -> Verdict:
    """Read, fetch, look, decide, keep."""
    branch = await asyncio.to_thread(read_branch, repository, using)
    context = branch.context
    fetched = await asyncio.to_thread(fetch, Wire(repository, 0, using), context)
    folder = open_repository(fetched.repository)
    theirs = policy_in(branch.settings, f"{context.base_branch}:{POLICY}")
    wish = asked(theirs)
    if not wish.policy.python:  # the base of an audit is empty, and says nothing of it
        python = {"python": python_of(folder, context.head_sha)}
        wish = replace(wish, policy=wish.policy.model_copy(update=python))
    old = baseline_of(folder, context.head_sha).dismissals
    async with reviewed(
        fetched.repository,
        EMPTY_TREE,
        context.head_sha,
        name=str(context),
        asked=wish,
        dismissals=(*await known(context.repository), *old),
    ) as review:
        await _keep(branch, review, using, upload=wish.policy.say.sarif)
        AUDIENCE.get().decided(review.verdict, review.shown)
        return review.verdict


async def _keep(branch: Branch, review: Reviewed, using: str, *, upload: bool) -> None:
    """Keep what came out; that GitHub does not take it as alerts is no reason to fail."""
    context, verdict, shown = branch.context, review.verdict, review.shown
    path = await asyncio.to_thread(audits.keep, context, verdict, shown)
    await audits.tell(context, verdict, path)
    get_run_logger().info("%s; as SARIF in %s", verdict.summary, path)
    if not upload:
        return
    try:
        write = audits.alerts(context, verdict, shown)
        await asyncio.to_thread(audits.send, context.repository, using, write)
    except ReviewError as error:
        get_run_logger().warning("It is not among the alerts of code scanning: %s", error)


async def _each(using: str, how: Mapping[str, Any]) -> State[None]:
    """Have every repository audited in a run of its own: of our deployment, where we have one.

    Those wait for their turn as reviews do.
    """
    async with get_client() as client:
        _, settings = await sweep_settings(client, using)
        if not settings.repositories:
            get_run_logger().info("%s", NOWHERE)
            return Completed(name=NOTHING, message=NOWHERE)
        failed: list[str] = []
        for repository in settings.repositories:
            asked = {"repository": repository, "using": using, **how}
            own = FlowRunContext.get()
            deployment = own.flow_run.deployment_id if own and own.flow_run else None
            if deployment is None:
                state = await audit(**asked, return_state=True)
                failed += [f"{repository}: {state.message}"] if state.is_failed() else []
                continue
            await client.create_flow_run_from_deployment(
                deployment,
                name=repository,
                parameters=TypeAdapter(dict[str, Any]).dump_python(asked, mode="json"),
                idempotency_key=f"audit:{run_id()}:{repository}",
                state=on_hold("waits for its turn, as an audit of the night"),
            )
    if failed:
        return Failed(message="; ".join(failed)[:2000])
    return Completed(message=f"{len(settings.repositories)} audited, each in a run of its own")
