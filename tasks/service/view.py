"""What waits and what runs in the service's queues, as Prefect's server has it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from tasks.core.queueing.marks import OVERDUE, OWNER, PREEMPTED, PREEMPTIONS, PULSE, QUEUED
from tasks.core.queueing.queues import POOL, SERVICE, priority_of
from tasks.core.queueing.runs import Running, Started, Waiting
from tasks.core.queueing.vigil import BIRTH_SECONDS, Pulse
from tasks.review_state import counted, repository_of, subject_of, submitted
from tasks.service.filters import ACTIVE, IN_POOL, OPEN, PREFETCH_SECONDS, REVIEWS, runs_in

PAGE = 200
"""The server gives no more rows at once."""

DEAD = StateType.CRASHED

OURS = frozenset({"review", "audit", "service"})
"""The tags of our deployments, whose runs all show a pulse."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the time before: how long reviews of a repository take, who had a slot."""

    expected: Mapping[str, float] = field(default_factory=dict)
    typical: float | None = None
    served: tuple[Started, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """The queues at one moment: runs by their ids, and what they are for the order."""

    runs: Mapping[str, FlowRun]
    waiting: tuple[Waiting, ...]
    due: frozenset[str]
    running: tuple[Running, ...]
    dead: tuple[FlowRun, ...] = ()
    service: tuple[FlowRun, ...] = ()
    shut: frozenset[str] = frozenset()

    @property
    def open(self) -> tuple[Waiting, ...]:
        """Return what a worker would take if it were due; what is left holds nobody's slot."""
        return tuple(one for one in self.waiting if not self.is_shut(one.run))

    def is_shut(self, run: str) -> bool:
        """Return whether its queue gives nothing away now: a person has paused or limited it."""
        return self.runs[run].work_queue_name in self.shut

    def name(self, run: str) -> str:
        """Return what people call a run."""
        return subject_of(self.runs[run])


async def look(client: PrefectClient, known: Known) -> View:
    """Read the queues.

    What waits comes first: what moves to a slot between two questions is then seen twice, and
    counts as running; the other way around it would not be seen, and its slot be given away.
    """
    now = time.time()
    opened = await read(client, runs_in(OPEN))
    taken = await read(client, runs_in((*ACTIVE, DEAD), (*REVIEWS, SERVICE)))
    active = {run.id: run for run in taken if is_review(run) and not _is_dead(run)}
    waits = [run for run in opened if run.id not in active and _waits(run, now)]
    shut = await _shut(client, active.values()) if waits else frozenset()
    return View(
        runs={str(run.id): run for run in (*waits, *taken)},
        waiting=tuple(waiting_of(run) for run in waits),
        due=frozenset(str(run.id) for run in waits if not is_held(run)),
        running=tuple(running_of(run, known.expected) for run in active.values()),
        dead=tuple(run for run in taken if is_review(run) and _is_dead(run)),
        service=tuple(run for run in taken if not is_review(run) and not _is_dead(run)),
        shut=shut,
    )


async def _shut(client: PrefectClient, active: Collection[FlowRun]) -> frozenset[str]:
    """Return the queues that are paused, or have as many at work as a person lets them."""
    at_work = Counter(run.work_queue_name for run in active)
    return frozenset(
        queue.name
        for queue in await client.read_work_queues(POOL)
        if queue.is_paused
        or (queue.concurrency_limit is not None and at_work[queue.name] >= queue.concurrency_limit)
    )


async def read(client: PrefectClient, wanted: FlowRunFilter) -> list[FlowRun]:
    """Return all these runs of the pool, page by page."""
    found: dict[object, FlowRun] = {}
    while True:
        page = await client.read_flow_runs(
            flow_run_filter=wanted,
            work_pool_filter=IN_POOL,
            sort=FlowRunSort.ID_DESC,  # the only order that does not change meanwhile
            limit=PAGE,
            offset=len(found),
        )
        found.update((run.id, run) for run in page)
        if len(page) < PAGE:
            return [*found.values()]


def is_review(run: FlowRun) -> bool:
    """Return whether a run of the pool counts against the slots."""
    return run.work_queue_name in REVIEWS


def is_held(run: FlowRun) -> bool:
    """Return whether it waits until it is let go."""
    return _name(run) == PREEMPTED or (_name(run) == QUEUED and not _is_due(run, time.time()))


def waiting_of(run: FlowRun) -> Waiting:
    """Return a run as one that waits; whatever flow it is of, it has its turn."""
    return Waiting(
        run=str(run.id),
        repository=repository_of(run),
        priority=priority_of(run.work_queue_name or ""),
        since=_seconds(submitted(run)),
        name=subject_of(run),
    )


def running_of(run: FlowRun, expected: Mapping[str, float]) -> Running:
    """Return a run as one that has a slot."""
    state = run.state
    repository = repository_of(run)
    runs = state is not None and state.type is StateType.RUNNING
    return Running(
        run=str(run.id),
        repository=repository,
        priority=priority_of(run.work_queue_name or ""),
        since=_seconds(submitted(run)),
        started=_seconds(state.timestamp if state else None),
        preempted=counted(run, PREEMPTIONS),
        overdue=OVERDUE in run.tags,
        expected=expected.get(repository),
        # only who shows a pulse looks whether it is paused
        can_pause=runs and OWNER in run.labels,
    )


def pulses(runs: Collection[FlowRun]) -> Mapping[str, Pulse]:
    """Return what should move while the processes of these runs live.

    A run that shows no pulse yet may be starting. Flows that never do are left alone: nobody
    can tell whether they live.
    """
    found = {}
    for run in runs:
        state = run.state
        if state is None or state.type not in ACTIVE:
            continue
        beat = str(run.labels.get(PULSE, ""))
        born = state.type is not StateType.PENDING and beat
        if born:
            found[str(run.id)] = Pulse(beat)
        elif state.type is not StateType.RUNNING or _is_ours(run):
            found[str(run.id)] = Pulse(f"{state.id} {beat}", BIRTH_SECONDS)
    return found


def _is_ours(run: FlowRun) -> bool:
    return "number" in run.parameters or bool(OURS & {*run.tags})


def silence(run: FlowRun, seconds: float) -> str:
    """Say that a run is taken for dead, and where it was."""
    where = run.labels.get("prefect.worker.name")
    return f"no sign of life for {seconds:.0f} s" + (f" (worker {where})" if where else "")


def _waits(run: FlowRun, now: float) -> bool:
    """Return whether it waits for a slot: not for a time that comes, nor for a person."""
    if run.state and run.state.type is StateType.PAUSED:
        return _name(run) == PREEMPTED
    return _name(run) == QUEUED or _is_due(run, now)


def _is_due(run: FlowRun, now: float) -> bool:
    return _seconds(run.next_scheduled_start_time) <= now + PREFETCH_SECONDS


def _is_dead(run: FlowRun) -> bool:
    return bool(run.state and run.state.type is DEAD)


def _name(run: FlowRun) -> str:
    return (run.state.name if run.state else None) or ""


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
