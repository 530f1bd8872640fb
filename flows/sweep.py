"""Have those pull requests reviewed that nobody told us of: webhooks get lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from prefect import flow
from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Cancelled, Completed

from flows.watching import RunCancelled, watched
from tasks.core.forge.sweeping import OpenPull, SweepSettings, oldest, unanswered
from tasks.core.render.escape import for_markdown
from tasks.core.render.words import count
from tasks.errors import CannotReview, ReviewError
from tasks.forge.sweeping import live_heads, look, sweep_settings, swept_before
from tasks.service.submit import submit

NOTHING, IN_PART = "NothingToSweep", "SweptInPart"
"""The names of the states of a sweep that had nowhere to look, or could not look everywhere."""

NOWHERE = (
    "no repository is to be swept: name some in the section `sweep` of the block "
    "github-app/default or github-token/default, in Prefect's UI"
)


@flow(name="sweep", flow_run_name="sweep")
async def sweep(using: str = "") -> State[None]:
    """Look where the GitHub block says, and submit what has no answer and nobody is at.

    ``using`` names another block than ``default``; the reviews use it then, too.

    Raises:
        CannotReview: there is no such block, or GitHub could be asked about no repository.
    """
    try:
        return await watched(partial(_sweep, using))
    except RunCancelled as ended:
        return Cancelled(message=str(ended))


async def _sweep(using: str) -> State[None]:
    """Look, submit, tell."""
    async with get_client() as client:
        block, settings = await sweep_settings(client, using)
        if not settings.repositories:
            get_run_logger().info("%s", NOWHERE)
            return Completed(name=NOTHING, message=NOWHERE)
        pulls, unseen = await _look(block, settings)
        open_ = unanswered(pulls, await live_heads(client), settings, datetime.now(UTC))
        before = await swept_before(client, open_)
        missing = [pull for pull in open_ if pull.key not in before]
        chosen = missing[: settings.at_most]
        await _submit(client, chosen, using)
    await _tell(chosen, unseen)
    said = (
        f"{count(len(pulls), 'open pull request')} in {len(settings.repositories)} repositories, "
        f"{count(len(chosen), 'review')} submitted"
    )
    if missing[len(chosen) :]:
        said += f", {len(missing) - len(chosen)} more next time"
    if unseen:
        return Completed(name=IN_PART, message=f"{said}; not seen: {'; '.join(unseen)}"[:2000])
    return Completed(message=said)


async def _look(block: str, settings: SweepSettings) -> tuple[list[OpenPull], list[str]]:
    """Return the open pull requests there are, and why some repositories cannot be seen.

    Raises:
        CannotReview: none of them can.
    """
    pulls: list[OpenPull] = []
    unseen: list[str] = []
    since = oldest(settings, datetime.now(UTC))
    for repository in settings.repositories:
        try:
            pulls += await asyncio.to_thread(look, repository, block, settings.check, since)
        except ReviewError as error:
            get_run_logger().warning("%s", error)
            unseen.append(str(error))
    if len(unseen) == len(settings.repositories):
        raise CannotReview(f"no repository could be swept: {unseen[0]}")
    return pulls, unseen


async def _submit(client: PrefectClient, pulls: Sequence[OpenPull], using: str) -> None:
    parameters = {"using": using} if using else {}
    for pull in pulls:
        get_run_logger().info("%s has no answer for %s: submitted", pull.name, pull.head)
        await submit(client, pull.repository, pull.number, key=pull.key, parameters=parameters)


async def _tell(pulls: Sequence[OpenPull], unseen: Sequence[str]) -> None:
    """Leave a table of what was done; of nothing, none: there is a sweep every few minutes."""
    rows = [{"what": pull.name, "how": f"submitted, head {pull.head}"} for pull in pulls]
    rows += [{"what": "not seen", "how": for_markdown(why)} for why in unseen]
    if rows:
        await acreate_table_artifact(table=rows, key="sweep", description="What a sweep has done")
