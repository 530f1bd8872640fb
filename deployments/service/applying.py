"""Have everything on the server that the service needs, in one pass; print what was changed.

    python -P -m deployments.service.applying [SLOTS]

A process of its own: the supervisor, which runs for years, imports no Prefect.
"""

from __future__ import annotations

import asyncio
import sys

from prefect.client.orchestration import PrefectClient, get_client

from blocks.queue import DEFAULT, ReviewQueue
from deployments.service.declared import declared
from deployments.service.deploying import deploy
from tasks.errors import ReviewError
from tasks.service import dispatchers
from tasks.service.jam import unjam
from tasks.service.notifications import CannotNotify
from tasks.service.objects import CannotFollow, ensure_objects


async def apply(slots: int = 0) -> tuple[str, ...]:
    """Make or mend objects and deployments; return what was changed, a line each.

    ``slots`` goes into the settings that are kept; 0 leaves them.

    Raises:
        DeclarationError: prefect.yaml cannot be followed.
    """
    wanted = declared()
    async with get_client() as client:
        try:
            changed = await ensure_objects(client, await _settings(client, slots))
        except CannotNotify as error:  # all else is done, and reviews are made
            changed = (f"nobody is notified of failures: {error}",)
        except CannotFollow as error:  # so it is by the ones before, or the usual ones
            changed = (str(error),)
        for each in wanted:
            changed += await deploy(client, each)
        await dispatchers.begin(client)
        return (*changed, *await unjam(client))


async def _settings(client: PrefectClient, slots: int) -> ReviewQueue | None:
    """Return the settings with another number of slots; None where nobody has said one."""
    if not slots:
        return None
    try:
        kept: ReviewQueue = await ReviewQueue.aload(DEFAULT, client=client)
    except (ValueError, RuntimeError):  # Prefect's words for none, and for one that is not valid
        return ReviewQueue(slots=slots)
    kept.slots = slots
    return kept


def main() -> None:
    """Apply, and say what was changed, or in one line why it could not be."""
    try:
        changed = asyncio.run(apply(int(sys.argv[1]) if sys.argv[1:] else 0))
    except ReviewError as error:
        sys.exit(" ".join(str(error).split()))
    sys.stdout.write("".join(f"{' '.join(line.split())}\n" for line in changed))


if __name__ == "__main__":
    main()
