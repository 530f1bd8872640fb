"""The reviews of one pull request that wait or are at work, and what ends or moves one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Cancelling

from tasks.core.inbound.wishes import Subject
from tasks.core.plan import TaskPriority
from tasks.core.queueing.marks import OWNER, SINCE
from tasks.core.queueing.queues import queue_of
from tasks.review_state import subject_of, submitted
from tasks.runs import HEAD, LIVE
from tasks.service.submit import submit

FLOW = FlowFilter(name=FlowFilterName(any_=["pr-review"]))

PAGE = 200
"""The server gives no more rows at once."""

IDLE = frozenset({StateType.SCHEDULED, StateType.PAUSED})
"""The states in which nobody is at work on a run."""

MOVED = "moved to the queue "


@dataclass(frozen=True, slots=True)
class Live:
    """One that has not ended; ``head`` is what it reviews, "" before it knows that.

    One that has not ``begun`` reads the newest head when it does.
    """

    run: FlowRun
    type: StateType
    head: str
    begun: bool

    @property
    def waits(self) -> bool:
        """Return whether it has yet to begin."""
        return not self.begun and self.type in {StateType.SCHEDULED, StateType.PENDING}

    @property
    def can_move(self) -> bool:
        """Return whether it waits, and no worker has taken it."""
        return not self.begun and self.type is StateType.SCHEDULED

    @property
    def idle(self) -> bool:
        """Return whether no process is at work on it."""
        return self.type in IDLE

    def __str__(self) -> str:
        """Return what to call it."""
        return f"run {self.run.id}"


async def live_of(client: PrefectClient, subject: Subject) -> tuple[Live, ...]:
    """Return the reviews of a pull request that have not ended, the oldest first.

    GitHub does not care for upper and lower case, and people have submitted some of them.
    """
    found: dict[object, FlowRun] = {}
    wanted = FlowRunFilter(
        # what a run has begun, it is called OWNER/NAME@HEAD
        name=FlowRunFilterName(like_=subject.repository),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=LIVE)),
    )
    while True:
        page = await client.read_flow_runs(
            flow_filter=FLOW,
            flow_run_filter=wanted,
            sort=FlowRunSort.ID_DESC,
            limit=PAGE,
            offset=len(found),
        )
        found.update((run.id, run) for run in page)
        if len(page) < PAGE:
            break
    name = subject.name.lower()
    runs = [run for run in found.values() if run.state and subject_of(run).lower() == name]
    return tuple(_live(run) for run in sorted(runs, key=lambda run: (str(run.created), run.id)))


def _live(run: FlowRun) -> Live:
    head = head_of(run)
    type_ = run.state.type if run.state else StateType.SCHEDULED
    return Live(run, type_, head, bool(head) or OWNER in run.labels)


def head_of(run: FlowRun) -> str:
    """Return the commit that a run reviews, or nothing where it does not know that yet."""
    return next((tag.removeprefix(HEAD) for tag in run.tags if tag.startswith(HEAD)), "")


async def run_of_key(client: PrefectClient, key: str) -> FlowRun | None:
    """Return the run that was submitted under a key, or None."""
    found = await client.read_flow_runs(
        flow_filter=FLOW,
        flow_run_filter=FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=[key])),
        limit=1,
    )
    return found[0] if found else None


def key_after(run: FlowRun) -> str:
    """Return the key of what takes the place of a run: there is one, however often it is done."""
    return f"after:{run.id}"


async def cancel(client: PrefectClient, run: FlowRun, why: str) -> None:
    """End a run. Whoever runs it ends its processes, and then says so.

    Of one that nobody runs, the server would make Cancelled of Cancelling, and lose the reason.
    """
    idle = run.state is not None and run.state.type in IDLE
    state: State[Any] = Cancelled(message=why) if idle else Cancelling(message=why)
    await client.set_flow_run_state(run.id, state)


async def move(
    client: PrefectClient, run: FlowRun, priority: TaskPriority, *, again: bool = False
) -> FlowRun | None:
    """Let a run that waits do so in another queue, by its age; return what waits there for it.

    A run cannot leave its queue: another one takes its place. That is there before this one
    ends: whoever is interrupted in between does it again, and then there is one. Returns None
    where it has begun meanwhile.
    """
    parameters = {**run.parameters, **({"again": True} if again else {})}
    repository, number = str(parameters.pop("repository")), int(parameters.pop("number"))
    new = await submit(
        client, repository, number, priority=priority, key=key_after(run), parameters=parameters
    )
    since = submitted(run)
    if since:
        await client.update_flow_run_labels(new.id, {SINCE: since.isoformat()})
    why = f"{MOVED}{queue_of(priority)}: run {new.id}"
    now = await client.read_flow_run(run.id)
    if now.state and now.state.type is StateType.SCHEDULED:
        await cancel(client, now, why)
        return new
    if now.state and now.state.is_cancelled() and (now.state.message or "").startswith(MOVED):
        return new  # another one is at it, too
    await cancel(client, new, f"run {run.id} has begun meanwhile")
    return None
