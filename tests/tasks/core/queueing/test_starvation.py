"""Nothing waits for ever, whatever else is submitted."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable

import pytest

from tasks.core.plan import TaskPriority
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.simulation import Job, Life, simulate

LONGEST = 60.0
FAIR, UNFAIR = (QueuePolicy(slots=2, fair=fair) for fair in (True, False))


def stream(chance, priority, *, slots, until, repositories=1000) -> list[Job]:
    """Make twice the work that the slots can do, so that the queue only grows."""
    jobs = []
    now = 0.0
    while now < until:
        steps = (chance.uniform(10, LONGEST),)
        now += steps[0] / slots / 2
        jobs.append(
            Job(
                run=f"{priority}-{len(jobs)}",
                repository=f"r{chance.randrange(repositories)}",
                priority=priority,
                arrives=now,
                steps=steps,
            )
        )
    return jobs


def lesser(chance, n: int) -> Job:
    return Job(
        run=f"lesser-{n}",
        repository=f"r{chance.randrange(3)}",
        priority=TaskPriority.LOW,
        arrives=chance.uniform(0, 500),
        steps=(chance.uniform(5, LONGEST / 2), chance.uniform(5, LONGEST / 2)),
    )


def lesser_of(lives: Iterable[Life]) -> list[Life]:
    return [life for life in lives if life.job.run.startswith("lesser")]


@pytest.mark.parametrize("stream_of", [TaskPriority.CRITICAL, TaskPriority.HIGH])
@pytest.mark.parametrize("seed", range(8))
def test_the_least_urgent_get_their_turn_under_an_endless_stream_of_urgent_ones(seed, stream_of):
    chance = random.Random(seed)  # noqa: S311 - the same every time
    policy = QueuePolicy(
        slots=chance.randint(1, 4),
        fair=chance.random() < 0.7,
        ageing_seconds=chance.choice([None, 200.0]),
        overdue_seconds=400.0,
        overdue_every_seconds=60.0,
    )
    few = [lesser(chance, n) for n in range(chance.randint(1, 6))]
    urgent = stream(chance, stream_of, slots=policy.slots, until=2000.0)
    lives = simulate([*few, *urgent], policy)
    for life in lesser_of(lives):
        due, began = life.job.arrives + 400.0, life.spells[-1].began
        # in each while, until a slot is free for it, it goes or something at least as old does
        older = (one.spells for one in lives if one.job.arrives <= life.job.arrives)
        moves = sum(due <= spell.began <= began for spells in older for spell in spells)
        assert began < due + moves * (policy.overdue_every_seconds + LONGEST)


def test_without_the_rule_they_wait_until_the_stream_ends():
    """The test above can fail."""
    chance = random.Random(1)  # noqa: S311 - the same every time
    jobs = [lesser(chance, 0), *stream(chance, TaskPriority.CRITICAL, slots=2, until=2000.0)]
    (life,) = lesser_of(simulate(jobs, QueuePolicy(slots=2, overdue_seconds=None)))
    assert life.spells[-1].began > 2000.0


@pytest.mark.parametrize("seed", range(8))
def test_one_repositorys_hundred_do_not_starve_anothers_one(seed):
    chance = random.Random(seed)  # noqa: S311 - the same every time
    bot = [
        Job(
            run=f"bot-{n}",
            repository="bot",
            priority=TaskPriority.MEDIUM,
            arrives=n / 10,
            steps=(chance.uniform(20, LONGEST),),
        )
        for n in range(100)
    ]
    others = [
        Job(
            run=f"lesser-{name}",
            repository=name,
            priority=TaskPriority.MEDIUM,
            arrives=chance.uniform(20, 300),
            steps=(LONGEST,),
        )
        for name in "abcdef"
    ]
    waits = [life.first_wait for life in lesser_of(simulate([*bot, *others], FAIR))]
    in_line = [life.first_wait for life in lesser_of(simulate([*bot, *others], UNFAIR))]
    assert max(waits) <= len(others) * LONGEST
    assert statistics.median(in_line) > 10 * LONGEST
