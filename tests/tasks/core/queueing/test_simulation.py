"""A simulated pool keeps the laws of a real one: nothing lost, nothing twice, no slot too many."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tasks.core.plan import TaskPriority
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.simulation import Job, Spell, simulate

LOW, NORMAL, _, CRITICAL = TaskPriority


def job(run: str, arrives: float, *steps: float, priority=NORMAL, expected=None) -> Job:
    repository = run.partition("/")[0]
    return Job(
        run=run,
        repository=repository,
        priority=priority,
        arrives=arrives,
        steps=steps,
        expected=expected,
    )


def test_without_jobs_nothing_happens():
    assert simulate((), QueuePolicy()) == ()


def test_a_job_alone_waits_for_nothing():
    (life,) = simulate([job("a/1", 5, 10, 20)], QueuePolicy())
    assert life.spells == [Spell(5, 35)]
    assert (life.first_wait, life.delay, life.repeated, life.restarting) == (0, 0, 0, 0)


def test_what_finds_the_pool_full_waits_and_lives_come_in_the_order_of_the_jobs():
    late, early = simulate([job("b/1", 1, 10), job("a/1", 0, 30)], QueuePolicy(slots=1))
    assert early.spells == [Spell(0, 30)]
    assert late.spells == [Spell(30, 40)]
    assert (late.first_wait, late.delay) == (29, 29)


ONE_SLOT = QueuePolicy(slots=1, restart_cost_seconds=10)


def test_who_is_preempted_keeps_its_finished_steps_and_pays_for_the_restart():
    lesser, urgent = simulate(
        [job("a/1", 0, 20, 100, 5), job("x/1", 50, 40, priority=CRITICAL)], ONE_SLOT
    )
    assert urgent.spells == [Spell(50, 90)]
    assert lesser.spells == [Spell(0, 50), Spell(90, 90 + 10 + 100 + 5)]
    assert (lesser.repeated, lesser.restarting, lesser.delay) == (30, 10, 80)


def test_who_is_preempted_while_it_restarts_loses_the_restart():
    lesser, *_ = simulate(
        [
            job("a/1", 0, 20, 100),
            job("x/1", 50, 40, priority=CRITICAL),
            job("x/2", 94, 6, priority=CRITICAL),
        ],
        ONE_SLOT,
    )
    assert lesser.spells == [Spell(0, 50), Spell(90, 94), Spell(100, 210)]
    assert (lesser.repeated, lesser.restarting) == (30, 14)


@pytest.mark.parametrize(
    ("expected", "began"),
    [(None, 50), (125, 50), (55, 56), (40, 50), (59, 60)],
)
def test_who_is_expected_to_end_soon_is_waited_for_but_not_for_long(expected, began):
    """At 55 of 125 seconds it should have ended; a second later it has to give way."""
    _, urgent = simulate(
        [job("a/1", 0, 125, expected=expected), job("x/1", 50, 1, priority=CRITICAL)], ONE_SLOT
    )
    assert urgent.spells[0].began == pytest.approx(began, abs=1)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_laws_hold(seed):
    chance = random.Random(seed)  # noqa: S311 - the same every time
    policy = QueuePolicy(
        slots=chance.randint(1, 5),
        fair=chance.random() < 0.7,
        ageing_seconds=chance.choice([None, 100, 1000]),
        overdue_seconds=chance.choice([None, 300, 3000]),
        overdue_every_seconds=chance.choice([1, 60]),
        most_preemptions=chance.randint(0, 3),
        restart_cost_seconds=chance.choice([0, 5, 20]),
    )
    jobs = [_any_job(chance, n) for n in range(chance.randint(1, 80))]
    lives = simulate(jobs, policy)
    assert [life.job for life in lives] == jobs
    for life in lives:
        spells = life.spells
        worked = sum(spell.ended - spell.began for spell in spells)
        needed = sum(life.job.steps)
        assert worked == pytest.approx(needed + life.repeated + life.restarting)
        assert life.restarting <= policy.restart_cost_seconds * (len(spells) - 1) + 1e-6
        assert life.done == len(life.job.steps)
        assert life.job.arrives <= spells[0].began
        assert all(one.ended <= other.began for one, other in pairwise(spells))
        assert len(spells) - 1 <= policy.most_preemptions
        assert len(spells) == 1 or life.job.priority < CRITICAL
    _no_slot_too_many_and_none_idle(lives, policy.slots)


def _any_job(chance: random.Random, n: int) -> Job:
    steps = [chance.lognormvariate(3, 1) for _ in range(chance.randint(1, 4))]
    return job(
        f"{chance.choice('abcdef')}/{n}",
        chance.uniform(0, 2000),
        *steps,
        priority=chance.choice(list(TaskPriority)),
        expected=chance.choice([None, sum(steps) * chance.uniform(0.3, 2)]),
    )


def _no_slot_too_many_and_none_idle(lives, slots):
    """Between any two events: no more run than there are slots, and all do while one waits."""
    spells = [spell for life in lives for spell in life.spells]
    moments = {at for spell in spells for at in (spell.began, spell.ended)}
    moments |= {life.job.arrives for life in lives}
    for begin, end in pairwise(sorted(moments)):
        now = (begin + end) / 2
        run = sum(spell.began <= now < spell.ended for spell in spells)
        there = sum(life.job.arrives <= now < life.spells[-1].ended for life in lives)
        assert run == min(slots, there)
