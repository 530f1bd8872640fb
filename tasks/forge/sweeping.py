"""What a sweep is told to look at, and its look."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import PrefectClient
from pydantic import ValidationError

from blocks.github import GitHubApp, GitHubToken
from tasks.core.forge.lookout import Memory
from tasks.core.forge.sweeping import SweepSettings, oldest
from tasks.errors import CannotReview
from tasks.forge.credentials import APP, DEFAULT, TOKEN
from tasks.forge.glance import Wish
from tasks.forge.looking_around import Looked, Until, look_around
from tasks.forge.sweep_places import places_of


async def sweep_settings(client: PrefectClient, using: str = "") -> tuple[str, SweepSettings]:
    """Return the block that says what is swept, and what it says.

    ``using`` names one; without it that is the App ``default``, else the token ``default``.
    Where there is no block nothing is to be swept.

    Raises:
        CannotReview: there is no block of the name that was given, or it cannot be used.
    """
    kinds: dict[str, type[GitHubApp | GitHubToken]] = {APP: GitHubApp, TOKEN: GitHubToken}
    for name in [using] if using else [f"{kind}/{DEFAULT}" for kind in kinds]:
        kind, _, document = name.partition("/")
        if kind not in kinds:
            raise CannotReview(f"{name[:100]!a} is no connection: say {APP}/NAME or {TOKEN}/NAME")
        try:
            block: GitHubApp | GitHubToken = await kinds[kind].aload(document, client=client)
        except ValidationError as error:
            why = "; ".join(f"{part['loc'][0]}: {part['msg']}" for part in error.errors())
            raise CannotReview(f"the block {name} cannot be used: {why}") from None
        except ValueError:  # how Prefect says that there is none
            continue
        return name, block.sweep
    if using:
        raise CannotReview(f"there is no block {using[:100]} on this Prefect server")
    return "", SweepSettings()


def is_anywhere(block: str, settings: SweepSettings) -> bool:
    """Return whether there is anywhere to look: an App looks wherever it is installed."""
    return block.startswith(f"{APP}/") or bool(block and settings.repositories)


@task(
    name="look_for_pull_requests",
    cache_policy=NO_CACHE,
    persist_result=False,
    task_run_name="{block}",
)
def look(block: str, settings: SweepSettings, memory: Memory, until: Until) -> Looked:
    """Return the open pull requests of where something has changed, or was left to do.

    Raises:
        ReviewError: nothing can be seen.
    """
    places, why_not = places_of(block, settings, memory.listings)
    since = oldest(settings, datetime.now(UTC))
    looked = look_around(places, memory, Wish(settings.check, since), settings.wants, until)
    looked.unseen += why_not
    return looked
