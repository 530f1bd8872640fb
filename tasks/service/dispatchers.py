"""The dispatchers there are: runs of ``reconcile``, which know of each other by the server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from tasks.core.queueing.leading import Dispatcher, Role, role
from tasks.core.queueing.marks import OWNER, PULSE, PULSE_SECONDS
from tasks.core.queueing.vigil import BIRTH_SECONDS, Pulse, Vigil
from tasks.service.moves import call_dead
from tasks.service.view import silence

FLOW = "reconcile"
DEPLOYMENT = f"{FLOW}/every-minute"

MOST = 20
"""So many at once are looked at; more than three there are only where somebody starts them."""


@dataclass(slots=True)
class Peers:
    """What one of them knows of the others; and the others, by its pulse, of it."""

    client: PrefectClient
    run: UUID
    beats: int = 0
    owner: str = field(default_factory=lambda: uuid4().hex)
    role: Role = Role.STANDBY
    others: int = 0
    _vigil: Vigil = field(default_factory=Vigil)
    _beaten: float | None = None

    async def look(self) -> Role:
        """Show that we live, see who else does, and return what we have to do."""
        now = time.monotonic()
        if self._beaten is None or now - self._beaten >= PULSE_SECONDS:
            beat = f"{self.beats + 1} {self.owner[:6]}"
            with _there_or_not():
                await self.client.update_flow_run_labels(self.run, {OWNER: self.owner, PULSE: beat})
            self.beats, self._beaten = self.beats + 1, now
        live = await live_dispatchers(self.client)
        mine = str(self.run)
        self._vigil = self._vigil.look({str(run.id): _pulse(run) for run in live}, now, own=mine)
        silent = self._vigil.silent()
        for run in live:
            if str(run.id) in silent and run.id != self.run:
                await call_dead(self.client, run, silence(run, silent[str(run.id)]))
        alive = [_of(run) for run in live if str(run.id) not in silent or run.id == self.run]
        self.role, self.others = role(mine, alive), len(alive) - 1
        return self.role


async def live_dispatchers(client: PrefectClient) -> Sequence[FlowRun]:
    """Return those that run, as far as the server knows, the oldest first."""
    return await client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING]))
        ),
        sort=FlowRunSort.START_TIME_ASC,
        limit=MOST,
    )


async def begin(client: PrefectClient) -> None:
    """Have one begin now where none runs, and nobody has paused it: its schedule takes a minute."""
    deployment = await client.read_deployment_by_name(DEPLOYMENT)
    if not deployment.paused and not await live_dispatchers(client):
        await client.create_flow_run_from_deployment(deployment.id)


@contextlib.contextmanager
def _there_or_not() -> Iterator[None]:
    """Go on where our own run was deleted: it is not among those that live, which ends us."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        if error.response.status_code != httpx.codes.NOT_FOUND:
            raise


def _pulse(run: FlowRun) -> Pulse:
    beat = str(run.labels.get(PULSE, ""))
    return Pulse(beat) if beat else Pulse("", BIRTH_SECONDS)


def _of(run: FlowRun) -> Dispatcher:
    since = run.start_time.timestamp() if run.start_time else 0.0
    moved = run.updated.timestamp() if run.updated else since
    return Dispatcher(str(run.id), since, moved)
