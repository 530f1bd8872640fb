"""Have those pull requests reviewed that nobody told us of: webhooks get lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from prefect import flow
from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Cancelled, Completed

from flows.watching import RunCancelled, watched
from tasks.core.forge.lookout import Memory
from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.sweeping import Sorted, SweepSettings, sorted_out, standing
from tasks.core.forge.taken import EarlierRun, key_of
from tasks.core.render.escape import for_markdown
from tasks.core.render.words import count
from tasks.errors import CannotReview
from tasks.forge.looking_around import Looked, Until
from tasks.forge.sweep_memory import recall, remember
from tasks.forge.sweeping import is_anywhere, look, sweep_settings
from tasks.service.heads import live_heads, runs_before
from tasks.service.submit import submit

NOTHING, IN_PART = "NothingToSweep", "SweptInPart"
"""The names of the states of a sweep that had nowhere to look, or could not look everywhere."""

NOWHERE = (
    "no repository is to be swept: there is no block github-app/default, which looks wherever the "
    "App is installed, and the section `sweep` of github-token/default names none"
)

LOOK_SECONDS = 240.0
"""The next sweep begins after ten minutes, and begins where this one ended."""


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
    """Look, submit, tell, and remember what need not be asked again."""
    async with get_client() as client:
        block, settings = await sweep_settings(client, using)
        if not is_anywhere(block, settings):
            get_run_logger().info("%s", NOWHERE)
            return Completed(name=NOTHING, message=NOWHERE)
        memory = recall(block).under(settings.rules)
        looked = await _look(block, settings, memory)
        runs = await _unanswered_runs(client, looked)
        live = await live_heads(client)
        now = datetime.now(UTC)
        standings = {pull: standing(pull, runs, live, settings, now) for pull in looked.pulls}
        found = sorted_out(standings, settings.at_most)
        await _submit(client, found.chosen, runs, using)
    # not before all is submitted: what is remembered as done is not looked at again
    remember(block, _seen(memory, looked, found.restless))
    await _tell(found.chosen, looked.unseen)
    return _end(looked, found)


async def _look(block: str, settings: SweepSettings, memory: Memory) -> Looked:
    """Return what there is to be seen.

    Raises:
        CannotReview: that is nothing.
    """
    until = Until(LOOK_SECONDS)
    try:
        looked = await asyncio.to_thread(look, block, settings, memory, until)
    finally:
        until.stop()  # where the run is cancelled, its threads are not
    for why in looked.unseen:
        get_run_logger().warning("%s", why)
    if looked.unseen and not looked.glances:
        raise CannotReview(f"no repository could be swept: {looked.unseen[0]}")
    return looked


async def _unanswered_runs(client: PrefectClient, looked: Looked) -> tuple[EarlierRun, ...]:
    return await runs_before(client, [pull for pull in looked.pulls if not pull.answered])


async def _submit(
    client: PrefectClient, pulls: Sequence[OpenPull], runs: Sequence[EarlierRun], using: str
) -> None:
    parameters = {"using": using} if using else {}
    for pull in pulls:
        get_run_logger().info("%s has no answer for %s: submitted", pull.name, pull.head)
        key = key_of(pull, runs)
        await submit(client, pull.repository, pull.number, key=key, parameters=parameters)


def _seen(memory: Memory, looked: Looked, restless: Collection[str]) -> Memory:
    """Return what is known now: where nothing is left to do, it need not be read again."""
    quiet = {
        one.repository: replace(one.known, quiet=one.repository.lower() not in restless)
        for one in looked.glances
    }
    return memory.and_now({**looked.tried, **quiet}, looked.listings, time.time())


async def _tell(pulls: Sequence[OpenPull], unseen: Sequence[str]) -> None:
    """Leave a table of what was done; of nothing, none: there is a sweep every few minutes."""
    rows = [{"what": pull.name, "how": f"submitted, head {pull.head}"} for pull in pulls]
    rows += [{"what": "not seen", "how": for_markdown(why)} for why in unseen]
    if rows:
        await acreate_table_artifact(table=rows, key="sweep", description="What a sweep has done")


def _end(looked: Looked, found: Sorted) -> State[None]:
    fresh = sum(bool(one.pulls) for one in looked.glances)
    said = (
        f"repositories looked at: {looked.seen}, of which anew: {fresh}; "
        f"{count(len(looked.pulls), 'open pull request')}, "
        f"{count(len(found.chosen), 'review')} submitted"
    )
    if found.more:
        said += f", {found.more} more next time"
    if looked.unseen:
        why = "; ".join(looked.unseen)
        return Completed(name=IN_PART, message=f"{said}; not seen: {why}"[:2000])
    return Completed(message=said)
