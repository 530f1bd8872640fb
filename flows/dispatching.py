"""Give slots to reviews: look at the queues, decide by the pure rules, make the moves."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from uuid import UUID

from prefect.client.orchestration import PrefectClient

from tasks.core.plan import TaskPriority
from tasks.core.queueing.ahead import ahead
from tasks.core.queueing.dealing import Deal, deal
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.positions import positions
from tasks.core.queueing.queues import queue_of
from tasks.core.queueing.runs import Started
from tasks.core.queueing.showing import Shown, budget_of, to_tell
from tasks.core.queueing.vigil import Pulse, Vigil
from tasks.service.artifact import Row, Table
from tasks.service.filters import ACTIVE, OPEN, count, runs_in
from tasks.service.history import LATELY_SECONDS
from tasks.service.moves import call_dead, hold, let_go, preempt, send_back
from tasks.service.view import Known, View, look, pulses, silence

FULL_SECONDS = 0.5
"""How often we look whether a slot is free, when none is."""

IDLE_SECONDS = 1.0
"""How often we look otherwise: what finds a free slot starts without us."""

SURVEY_SECONDS = 3.0
"""How often everything is read although no slot is free."""

SHUT = "its queue is paused, or has as many at work as its limit allows"
"""Why nothing of a queue is let go that a person has closed, and others go on."""


@dataclass(slots=True)
class Dispatcher:
    """One that leads, and what it has learned meanwhile."""

    client: PrefectClient
    run: UUID
    log: logging.Logger | logging.LoggerAdapter[logging.Logger]
    policy: QueuePolicy = field(default_factory=QueuePolicy)
    known: Known = field(default_factory=Known)
    vigil: Vigil = field(default_factory=Vigil)
    table: Table | None = None
    beats: int = 0
    served: dict[str, Started] = field(default_factory=dict)
    _surveyed: float = 0.0
    _told: float = field(default_factory=time.monotonic)
    _full: bool = False

    async def tick(self) -> float:
        """Make the moves that are due; return how many seconds may pass until the next look."""
        if self._full and time.monotonic() - self._surveyed < SURVEY_SECONDS and await self._same():
            return FULL_SECONDS
        view = await look(self.client, self.known)
        self._surveyed = time.monotonic()
        self.served.update((one.run, one) for one in view.running if one.run not in self.served)
        if await self.find_dead(view):
            view = await look(self.client, self.known)
        if await self.send_back(view):
            view = await look(self.client, self.known)
        dealt = self.decide(view)
        await self.move(view, dealt)
        await self.show(view, dealt)
        self._full = len(view.running) >= self.policy.slots
        return FULL_SECONDS if self._full or dealt.waiting else IDLE_SECONDS

    def decide(self, view: View) -> Deal:
        """Return the moves to make now."""
        early = ahead(self.policy.slots, FULL_SECONDS, self.known.typical)
        return deal(
            view.open,
            view.due & {one.run for one in view.open},
            view.running,
            self.policy,
            time.time(),
            self._lately,
            ahead=early,
        )

    async def move(self, view: View, dealt: Deal) -> None:
        """Let reviews go, and suspend those that give way to a critical one."""
        for choice in dealt.let_go:
            run = view.runs[choice.run]
            if await let_go(self.client, run, choice):
                self.log.info("%s: its turn: %s", view.name(choice.run), choice.why)
        for one in dealt.preempted:
            if await preempt(self.client, view.runs[one.victim], one.why):
                self.log.warning(
                    "%s gives way to %s: %s", view.name(one.victim), view.name(one.by), one.why
                )

    async def find_dead(self, view: View) -> bool:
        """Call those dead who have died without a word; return whether there were any."""
        alive = [view.runs[running.run] for running in view.running]
        own = {str(self.run): Pulse(str(self.beats))}  # those that have got through
        self.vigil = self.vigil.look(
            {**pulses([*alive, *view.service]), **own}, time.monotonic(), own=str(self.run)
        )
        silent = {**self.vigil.silent()}
        silent.pop(str(self.run), None)
        for run, seconds in silent.items():
            why = silence(view.runs[run], seconds)
            if await call_dead(self.client, view.runs[run], why):
                self.log.error("%s: %s", view.name(run), why)
        return bool(silent)

    async def send_back(self, view: View) -> bool:
        """Send the reviews that have died back to their queues; return whether there were any."""
        for run in view.dead:
            told = await send_back(self.client, run)
            self.log.warning("%s: %s", view.name(str(run.id)), told)
        return bool(view.dead)

    async def show(self, view: View, dealt: Deal) -> None:
        """Tell those that wait their places: some of them now, the nearest first."""
        found = positions(dealt.waiting, dealt.running, self.policy, time.time(), self._lately)
        moved = {one.victim for one in dealt.preempted}
        places = [(one.run, one.why) for one in found if one.run not in view.due | moved]
        shut = [one.run for one in view.waiting if view.is_shut(one.run)]
        places += [(run, SHUT) for run in shut if run not in view.due]
        now = time.monotonic()
        budget = budget_of(now - self._told)
        if budget:
            self._told = now
            texts = dict(places)
            for run in to_tell(places, _shown(view), time.time(), budget):
                await hold(self.client, view.runs[run], texts[run])
        self.table = self.table or Table(self.client, self.run)
        all_ = [*((one.run, one.why) for one in found), *((run, SHUT) for run in shut)]
        await self.table.show([_row(view, run, why) for run, why in all_])

    async def _same(self) -> bool:
        """Return whether no slot has become free, and nothing critical waits."""
        critical = (queue_of(TaskPriority.CRITICAL),)
        taken = await count(self.client, runs_in(ACTIVE))
        return taken >= self.policy.slots and not await count(self.client, runs_in(OPEN, critical))

    def learn(self, known: Known) -> None:
        """Follow what was read of the time before; forget who got a slot too long ago."""
        self.known = known
        since = time.time() - max(LATELY_SECONDS, self.policy.overdue_every_seconds)
        self.served = {run: one for run, one in self.served.items() if one.started > since}

    @property
    def _lately(self) -> tuple[Started, ...]:
        return (*self.known.served, *self.served.values())


def _shown(view: View) -> dict[str, Shown]:
    """Return what those say of themselves that can be told something else."""
    found = {}
    for one in view.waiting:
        run = view.runs[one.run]
        state, due = run.state, run.next_scheduled_start_time
        if state and due:  # who gave way says to whom, until its turn comes
            at = state.timestamp.timestamp()
            found[one.run] = Shown(state.message or "", at, due.timestamp())
    return found


def _row(view: View, run: str, why: str) -> Row:
    return Row(view.name(run), view.runs[run].work_queue_name or "", why)
