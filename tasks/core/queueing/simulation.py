"""Let a pool of slots serve jobs by a policy, in simulated time."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.core.plan import TaskPriority
from tasks.core.queueing.order import next_runs
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.preemption import to_preempt
from tasks.core.queueing.runs import Running, Started, Waiting

REMEMBERED = 3600.0
"""For how many seconds who was served is known, as a service would ask its server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A review to come: the seconds of its steps one after the other, and what is expected."""

    run: str
    repository: str
    priority: TaskPriority
    arrives: float
    steps: tuple[float, ...]
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A time with a slot."""

    began: float
    ended: float


@dataclass(slots=True)
class Life:
    """What became of a job: when it had a slot, and which seconds of that were for nothing."""

    job: Job
    spells: list[Spell] = field(default_factory=list)
    done: int = 0
    """How many of its steps have ended: these are kept."""
    repeated: float = 0.0
    restarting: float = 0.0

    @property
    def first_wait(self) -> float:
        """Return the seconds until it first had a slot."""
        return self.spells[0].began - self.job.arrives

    @property
    def delay(self) -> float:
        """Return how much later it ended than alone on an idle pool."""
        return self.spells[-1].ended - self.job.arrives - sum(self.job.steps)

    def setup(self, policy: QueuePolicy) -> float:
        """Return the seconds that its next spell begins with."""
        return policy.restart_cost_seconds if self.spells else 0.0


def simulate(jobs: Iterable[Job], policy: QueuePolicy) -> tuple[Life, ...]:
    """Return what becomes of the jobs, in their order. Slots change hands in no time."""
    pool = _Pool(policy, {job.run: Life(job) for job in jobs})
    pool.serve()
    return tuple(pool.lives.values())


@dataclass(slots=True)
class _Pool:
    policy: QueuePolicy
    lives: dict[str, Life]
    waiting: dict[str, Waiting] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    served: deque[Started] = field(default_factory=deque)
    ends: list[tuple[float, str, float]] = field(default_factory=list)

    def serve(self) -> None:
        coming = deque(sorted((life.job for life in self.lives.values()), key=_arrival))
        look = math.inf
        while coming or self.ends:
            arrives = coming[0].arrives if coming else math.inf
            ends = self.ends[0][0] if self.ends else math.inf
            now = min(arrives, ends, look)
            while self.ends and self.ends[0][0] <= now:
                _, run, started = heapq.heappop(self.ends)
                if run in self.running and self.running[run].started == started:
                    self.leave(run, now, ended=True)
            while coming and coming[0].arrives <= now:
                self.wait(coming.popleft())
            look = self.give_slots(now)

    def wait(self, job: Job) -> None:
        self.waiting[job.run] = Waiting(
            run=job.run, repository=job.repository, priority=job.priority, since=job.arrives
        )

    def give_slots(self, now: float) -> float:
        """Let the decisions be done; return when to look again though nothing has happened."""
        while self.served and self.served[0].started < now - REMEMBERED:
            self.served.popleft()
        waiting, running = self.waiting.values(), self.running.values()
        free = self.policy.slots - len(running)
        for choice in next_runs(waiting, running, free, self.policy, now, self.served):
            self.enter(choice.run, now, overdue=choice.overdue)
        free = self.policy.slots - len(running)
        while preemption := to_preempt(waiting, running, free, self.policy, now, self.served):
            self.leave(preemption.victim, now, ended=False)
            self.enter(preemption.by, now)
        if all(one.priority < TaskPriority.CRITICAL for one in waiting):
            return math.inf
        # one that takes longer than expected may be preempted from then on
        return now + max(1.0, min(one.remaining(now) for one in running))

    def enter(self, run: str, now: float, *, overdue: bool = False) -> None:
        life, one = self.lives[run], self.waiting.pop(run)
        setup = life.setup(self.policy)
        expected = life.job.expected
        if expected is not None:
            expected = setup + expected - sum(life.job.steps[: life.done])
        self.running[run] = Running(
            run=run,
            repository=one.repository,
            priority=one.priority,
            since=one.since,
            started=now,
            preempted=len(life.spells),
            overdue=overdue,
            expected=expected,
        )
        self.served.append(self.running[run])
        heapq.heappush(self.ends, (now + setup + sum(life.job.steps[life.done :]), run, now))

    def leave(self, run: str, now: float, *, ended: bool) -> None:
        life, had = self.lives[run], self.running.pop(run)
        setup = life.setup(self.policy)
        life.spells.append(Spell(had.started, now))
        spent = now - had.started
        life.restarting += min(setup, spent)
        if ended:
            life.done = len(life.job.steps)
            return
        life.repeated += self._unfinished(life, max(0.0, spent - setup))
        self.wait(life.job)

    @staticmethod
    def _unfinished(life: Life, worked: float) -> float:
        """Count the steps that ended in this time; return the seconds of the one that did not."""
        for seconds in life.job.steps[life.done : -1]:  # the last one has not ended
            if seconds > worked:
                return worked
            worked -= seconds
            life.done += 1
        return worked


def _arrival(job: Job) -> tuple[float, str]:
    return job.arrives, job.run
