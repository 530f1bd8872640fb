"""Free the places of the pool where the dead hold all of them.

A dispatcher needs a place as any run does. Where all machines died at once, none may be left for
the one that would call the dead dead. So whoever brings the service up looks for that.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from prefect.client.orchestration import PrefectClient

from tasks.core.queueing.marks import PULSE
from tasks.core.queueing.queues import POOL, SERVICE, SERVICE_PLACES
from tasks.core.queueing.vigil import BIRTH_SECONDS, Vigil
from tasks.review_state import subject_of
from tasks.service.filters import ACTIVE, REVIEWS, runs_in
from tasks.service.moves import call_dead
from tasks.service.view import is_review, pulses, read, silence

LOOK_SECONDS = 1.0

LONGEST_SECONDS = BIRTH_SECONDS + 10
"""Who is dead is known by then."""


async def unjam(client: PrefectClient) -> tuple[str, ...]:
    """Return whom we have called dead; nobody, and at once, where a dispatcher can begin."""
    jam, until = Jam(client), time.monotonic() + LONGEST_SECONDS
    while await jam.look() and time.monotonic() < until:  # noqa: ASYNC110 - only the server knows
        await asyncio.sleep(LOOK_SECONDS)
    return tuple(jam.freed)


@dataclass(slots=True)
class Jam:
    """What has been seen of a pool in which no dispatcher can begin."""

    client: PrefectClient
    freed: list[str] = field(default_factory=list)
    vigil: Vigil = field(default_factory=Vigil)
    _beats: dict[str, str] = field(default_factory=dict)

    async def look(self) -> bool:
        """Call those dead that are; return whether it may still be that nobody else does."""
        limit = (await self.client.read_work_pool(POOL)).concurrency_limit
        runs = await read(self.client, runs_in(ACTIVE, (*REVIEWS, SERVICE)))
        service = {str(run.id): run for run in runs if not is_review(run)}
        beats = {run: str(service[run].labels.get(PULSE, "")) for run in service}
        lives = any(self._beats.get(run, beat) != beat for run, beat in beats.items())
        self._beats = beats
        full = len(service) >= SERVICE_PLACES or (limit is not None and len(runs) >= limit)
        if lives or not full:
            return False
        self.vigil = self.vigil.look(pulses(runs), time.monotonic())
        silent = self.vigil.silent()
        for run in runs:
            if str(run.id) in silent:
                why = silence(run, silent[str(run.id)])
                if await call_dead(self.client, run, why):
                    self.freed.append(f"run {subject_of(run)}: {why}")
        return True
