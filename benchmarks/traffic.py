"""Serve a made-up week of an organisation by our order, plain FIFO and plain Prefect.

    python -m benchmarks.traffic [--weeks 5] [--slots 6] [--load 0.9] [--bot normal]

Pure and seeded: simulated time, real decisions (``tasks.core.queueing``). ``--load`` is what
working hours ask for on average, as a share of what the slots can do; peaks are above it.
``--bot`` is the queue of a bot's hundred pull requests at once. The same weeks are served by
each. Prints the tables of docs/queues.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tasks.core.plan import TaskPriority
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.queues import QUEUES, priority_of, queue_of
from tasks.core.queueing.simulation import Job, Life, simulate

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
NORMAL = TaskPriority.MEDIUM
SHARES = {TaskPriority.CRITICAL: 2, TaskPriority.HIGH: 12, NORMAL: 66, TaskPriority.LOW: 20}
"""Of a hundred pull requests; what is scheduled comes on top, and is low."""
BUSY = dict.fromkeys(range(9, 18), 1.0) | {8: 0.4, 12: 0.6, 18: 0.4, 19: 0.15, 20: 0.15}
"""How busy the hours of a working day are; all others, and weekends, are 0.03."""
WORKING_DAYS = 5
BURSTS = {0 * DAY + 9.5 * HOUR: 4, 2 * DAY + 14 * HOUR: 25}
"""When a bot opens a hundred pull requests, and in which repository, by its rank."""
INCIDENT = 3 * DAY + 10.5 * HOUR
AFTER = 3 * HOUR
"""How long a burst is felt."""
ENOUGH = 20
"""Reviews of a repository in a week, for a p95 to mean something."""


@dataclasses.dataclass(frozen=True)
class Repository:
    """One of the organisation's: its share of the traffic, and the seconds of its tests."""

    name: str
    share: float
    tests: float

    def job(self, chance: random.Random, run: str, priority: TaskPriority, at: float) -> Job:
        """Make one review of it; what is expected is what is typical."""
        steps = [2.0, chance.lognormvariate(math.log(12), 0.6), 1.0]
        if self.tests:
            steps.insert(2, self.tests * chance.lognormvariate(0, 0.4))
        typical = 15.0 + self.tests
        return Job(
            run=run,
            repository=self.name,
            priority=priority,
            arrives=at,
            steps=tuple(steps),
            expected=typical,
        )


def main() -> None:
    """Print what each way of serving makes of the same weeks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=5)
    parser.add_argument("--slots", type=int, default=6)
    parser.add_argument("--load", type=float, default=0.9)
    parser.add_argument("--bot", choices=QUEUES.values(), default=queue_of(NORMAL))
    said = parser.parse_args()
    asked = (said.slots, said.load, priority_of(said.bot))
    weeks = [tuple(week(seed, *asked)) for seed in range(said.weeks)]
    ways = {name: [way(jobs) for jobs in weeks] for name, way in ways_of(said.slots).items()}
    _say_waits(ways)
    _say_fairness(ways)
    _say_costs(ways)


def week(seed: int, slots: int, load: float, bot: TaskPriority) -> Iterator[Job]:
    """Yield what is submitted in a week, from Monday 0:00 on."""
    chance = random.Random(seed)  # noqa: S311 - the same every time
    repositories = tuple(_organisation(chance))
    of_work = sum(one.share * (17.4 + 1.083 * one.tests) for one in repositories)
    a_second = slots * load / of_work
    number = 0
    for hour in range(7 * 24):
        day, of_day = divmod(hour, 24)
        busy = BUSY.get(of_day, 0.03) if day < WORKING_DAYS else 0.03
        at = hour * HOUR + chance.expovariate(a_second * busy)
        while at < (hour + 1) * HOUR:
            one = chance.choices(repositories, [each.share for each in repositories])[0]
            priority = chance.choices(list(SHARES), list(SHARES.values()))[0]
            yield one.job(chance, f"pull-{number}", priority, at)
            number += 1
            at += chance.expovariate(a_second * busy)
    for day in range(7):
        for one in repositories:
            yield one.job(chance, f"audit-{day}-{one.name}", TaskPriority.LOW, day * DAY + 2 * HOUR)
    for at, rank in BURSTS.items():
        for n in range(100):
            yield repositories[rank].job(chance, f"bot-{rank}-{n}", bot, at + n)
    for n in range(8):
        one = chance.choice(repositories)
        yield one.job(chance, f"incident-{n}", TaskPriority.CRITICAL, INCIDENT + n * MINUTE)


def _organisation(chance: random.Random) -> Iterator[Repository]:
    """Yield 40 repositories: a few get most of the traffic, one in four has no tests."""
    shares = [1 / (rank + 1) for rank in range(40)]
    for rank, share in enumerate(shares):
        tests = min(900.0, chance.lognormvariate(math.log(150), 1.0)) if (rank + 1) % 4 else 0.0
        yield Repository(f"acme/{rank}", share / sum(shares), tests)


def ways_of(slots: int) -> Mapping[str, Callable[[Sequence[Job]], Sequence[Life]]]:
    """Return how the same jobs can be served."""
    ours = QueuePolicy(slots=slots)
    plain = QueuePolicy(
        slots=slots, fair=False, ageing_seconds=None, overdue_seconds=None, most_preemptions=0
    )

    def by(policy: QueuePolicy) -> Callable[[Sequence[Job]], Sequence[Life]]:
        return lambda jobs: simulate(jobs, policy)

    def fifo(jobs: Sequence[Job]) -> Sequence[Life]:
        """Let nobody's priority count; the figures are still told by it."""
        equal = [dataclasses.replace(job, priority=NORMAL) for job in jobs]
        lives = simulate(equal, plain)
        return [dataclasses.replace(life, job=job) for life, job in zip(lives, jobs, strict=True)]

    return {
        "FIFO": fifo,
        "Prefect": by(plain),
        "ours": by(ours),
        "ours, nobody preempted": by(ours.model_copy(update={"most_preemptions": 0})),
    }


Ways = Mapping[str, Sequence[Sequence[Life]]]


def _say_waits(ways: Ways) -> None:
    print("| queue | reviews | by | median | p95 | max | over 4 h |")
    print("|---|---|---|---|---|---|---|")
    for priority in SHARES:
        for name, weeks in ways.items():
            waits = [
                life.first_wait for week in weeks for life in week if life.job.priority == priority
            ]
            figures = (statistics.median(waits), _p95(waits), max(waits))
            print(
                f"| {queue_of(priority)} | {len(waits)} | {name} | "
                f"{' | '.join(_time(figure) for figure in figures)} | "
                f"{sum(wait > 4 * HOUR for wait in waits)} |"
            )


def _say_fairness(ways: Ways) -> None:
    print("\n| by | others: median | p95 | the bot: median | max | repositories: median | worst |")
    print("|---|---|---|---|---|---|---|")
    for name, weeks in ways.items():
        bot, others = [], []
        by_repository: dict[tuple[int, str], list[float]] = defaultdict(list)
        for number, life in ((n, life) for n, week in enumerate(weeks) for life in week):
            job = life.job
            if job.run.startswith("bot"):
                bot.append(life.first_wait)
                continue
            if job.priority != NORMAL:
                continue
            by_repository[number, job.repository].append(life.first_wait)
            if any(
                0 <= job.arrives - at < AFTER and job.repository != f"acme/{rank}"
                for at, rank in BURSTS.items()
            ):
                others.append(life.first_wait)
        worst = sorted(
            (_p95(waits), repository)
            for (_, repository), waits in by_repository.items()
            if len(waits) >= ENOUGH
        )
        print(
            f"| {name} | {_time(statistics.median(others))} | {_time(_p95(others))} | "
            f"{_time(statistics.median(bot))} | {_time(max(bot))} | "
            f"{_time(worst[len(worst) // 2][0])} | {_time(worst[-1][0])} ({worst[-1][1]}) |"
        )


def _say_costs(ways: Ways) -> None:
    print("\n| by | preemptions a week | of one | later: median | max | repeated | restarts |")
    print("|---|---|---|---|---|---|---|")
    for name, weeks in ways.items():
        lives = [life for week in weeks for life in week]
        times = [len(life.spells) - 1 for life in lives]
        later = [life.delay - life.first_wait for life in lives if len(life.spells) > 1] or [0.0]
        work = sum(sum(life.job.steps) for life in lives)
        repeated = sum(life.repeated for life in lives) / work
        restarts = sum(life.restarting for life in lives) / work
        print(
            f"| {name} | {sum(times) / len(weeks):.0f} | {max(times)} | "
            f"{_time(statistics.median(later))} | {_time(max(later))} | "
            f"{repeated:.2%} | {restarts:.2%} |"
        )


def _p95(values: Iterable[float]) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]


def _time(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


if __name__ == "__main__":
    main()
