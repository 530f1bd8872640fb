"""The runner, on a real server: what it submits, in which order, and what becomes of trouble."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.runtime import flow_run

from flows.runner import STOPPED, Caching, PlanRun
from tasks.core.finding import Finding, Severity
from tasks.core.plan import (
    ResourceClass,
    RetryPolicy,
    TaskDefinition,
    TaskPriority,
    Trouble,
    WorkflowConfig,
)
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report, Status, Use, did_not_look
from tasks.limits import ensure_limits
from tasks.steps import StepTroubleError

FINDING = Finding(path="a.py", line=1, rule="tool/X1", severity=Severity.ERROR, message="bad")
AT_ONCE = RetryPolicy(max_retries=2, base_delay_seconds=0, jitter=0)


def plan(*tasks, **values):
    return WorkflowConfig(name="test", tasks=tasks, **values)


def step(name, *needs, **values):
    return TaskDefinition(name=name, dependencies=needs, **values)


def clean(step, _upstream, _until):
    return Report(step=step.name)


class Ran:
    """What a run of a plan left behind: its reports, and the server's record."""

    def __init__(self, reports, task_runs):
        self.reports = {report.step: report for report in reports}
        self.order = [report.step for report in reports]
        self.task_runs = task_runs

    def __getitem__(self, name):
        return self.reports[name]

    def state(self, name):
        return self.task_runs[name].state


def run(config, act=clean, **values):
    """Run a plan in a flow, and wait until the server has it all on record."""

    @flow(name="a-plan")
    async def a_plan():
        await ensure_limits(ReviewPolicy())
        return await PlanRun(config, act, **values).run(), flow_run.id

    reports, flow_run_id = asyncio.run(a_plan())
    return Ran(reports, asyncio.run(task_runs(flow_run_id, len(config.tasks))))


async def task_runs(flow_run_id, number):
    only = FlowRunFilter.model_validate({"id": {"any_": [flow_run_id]}})
    async with get_client() as client:
        for _ in range(300):
            found = await client.read_task_runs(flow_run_filter=only, limit=200)
            if len(found) == number and all(one.state and one.state.is_final() for one in found):
                return {one.name: one for one in found}
            await asyncio.sleep(0.1)
    raise AssertionError(f"the server has not recorded {number} ended task runs")


def test_a_plan_of_one_step_is_one_task_run():
    ran = run(plan(step("only")))

    assert ran["only"].status is Status.CLEAN
    assert ran.state("only").name == "Completed"
    assert ran["only"].attempts == 1


def test_each_step_is_a_task_run_named_after_it_with_its_dependencies_and_tags():
    ran = run(plan(step("first"), step("second", "first", tags=("slow",))))

    assert set(ran.task_runs) == {"first", "second"}
    (needed,) = ran.task_runs["second"].task_inputs["wait_for"]
    assert needed.id == ran.task_runs["first"].id
    assert "slow" in ran.task_runs["second"].tags


def test_reports_come_in_the_order_of_the_plan_whatever_ended_first():
    def act(step, _upstream, _until):
        time.sleep(0.3 if step.name == "slow" else 0)
        return Report(step=step.name)

    assert run(plan(step("slow"), step("quick")), act).order == ["slow", "quick"]


def test_steps_without_dependencies_run_side_by_side():
    together = threading.Barrier(3, timeout=20)

    def act(step, _upstream, _until):
        together.wait()
        return Report(step=step.name)

    ran = run(plan(step("a"), step("b"), step("c")), act)

    assert all(report.status is Status.CLEAN for report in ran.reports.values())


def test_a_step_sees_what_was_said_before_it():
    seen = {}

    def act(step, upstream, _until):
        seen[step.name] = {name: report.findings for name, report in upstream.items()}
        return Report(step=step.name, findings=(FINDING,) if step.name == "a" else ())

    run(plan(step("a"), step("b"), step("c", "a", "b")), act)

    assert seen == {"a": {}, "b": {}, "c": {"a": (FINDING,), "b": ()}}


def test_no_more_run_at_once_than_the_plan_allows_and_the_urgent_go_first():
    lock, running, most, order = threading.Lock(), set(), [], []

    def act(step, _upstream, _until):
        with lock:
            running.add(step.name)
            most.append(len(running))
            order.append(step.name)
        time.sleep(0.1)
        with lock:
            running.discard(step.name)
        return Report(step=step.name)

    tasks = [step(f"low_{n}", priority=TaskPriority.LOW) for n in range(4)]
    run(plan(*tasks, step("urgent", priority=TaskPriority.CRITICAL), max_concurrent_tasks=2), act)

    assert max(most) == 2
    assert "urgent" in order[:2]


def test_what_may_pass_is_tried_again_and_only_as_often_as_the_policy_says():
    tries = []

    def act(step, _upstream, _until):
        tries.append(step.name)
        if len(tries) < 3:
            raise StepTroubleError(did_not_look(step.name, "killed"), Trouble.KILLED)
        return Report(step=step.name)

    ran = run(plan(step("shaky", retry=AT_ONCE)), act)

    assert ran["shaky"].status is Status.CLEAN
    assert ran["shaky"].attempts == 3
    assert ran.task_runs["shaky"].run_count == 3


def test_when_no_try_helped_the_report_says_why_and_keeps_what_was_seen():
    def act(step, _upstream, _until):
        seen = did_not_look(step.name, "the network").but(findings=(FINDING,))
        raise StepTroubleError(seen, Trouble.NETWORK)

    ran = run(plan(step("shaky", retry=AT_ONCE)), act)

    assert ran["shaky"].status is Status.DID_NOT_LOOK
    assert ran["shaky"].findings == (FINDING,)
    assert ran["shaky"].attempts == 3
    assert ran.state("shaky").name == "Failed"


def test_waits_between_tries_grow_and_are_the_policys():
    tries = []

    def act(step, _upstream, _until):
        tries.append(time.monotonic())
        raise StepTroubleError(did_not_look(step.name, "locked"), Trouble.LOCKED)

    policy = RetryPolicy(max_retries=2, base_delay_seconds=0.2, backoff_multiplier=4, jitter=0)
    run(plan(step("shaky", retry=policy)), act)

    first, second = tries[1] - tries[0], tries[2] - tries[1]
    assert first >= 0.2
    assert second >= 0.8


def test_a_bug_is_not_tried_again_and_the_rest_goes_on():
    tries = []

    def act(step, _upstream, _until):
        tries.append(step.name)
        if step.name == "broken":
            raise ZeroDivisionError("a bug of ours")
        return Report(step=step.name)

    ran = run(plan(step("broken", retry=AT_ONCE), step("fine")), act)

    assert tries.count("broken") == 1
    assert "a bug of ours" in ran["broken"].reason
    assert ran.state("broken").name == "Failed"
    assert ran["fine"].status is Status.CLEAN


def test_what_needs_an_answer_that_never_came_says_so_and_the_last_step_always_runs():
    heard = {}

    def act(step, upstream, _until):
        heard[step.name] = upstream
        if step.name == "first":
            raise ZeroDivisionError("no")
        return Report(step=step.name)

    ran = run(
        plan(
            step("first"),
            step("second", "first"),
            step("third", "second"),
            step("apart"),
            step("final", "first", "second", "third", "apart", always=True),
        ),
        act,
    )

    assert ran["second"].reason == "second: needs first, which did not look"
    assert ran["third"].reason == "third: needs second, which did not look"
    assert ran.state("second").name == "DidNotLook"
    assert set(heard) == {"first", "apart", "final"}
    assert {name for name, said in heard["final"].items() if said.gaps} == {
        "first",
        "second",
        "third",
    }


def test_a_step_that_looked_in_part_is_an_answer_for_those_who_need_it():
    def act(step, _upstream, _until):
        return {"part": did_not_look("part", "x").but(findings=(FINDING,))}.get(
            step.name, Report(step=step.name)
        )

    ran = run(plan(step("part"), step("next", "part")), act)

    assert ran["next"].status is Status.CLEAN
    assert ran.state("part").name == "DidNotLook"


def test_a_step_is_told_until_when_it_may_look():
    left = {}

    def act(step, _upstream, until):
        left[step.name] = until - time.monotonic()
        return Report(step=step.name)

    config = plan(
        step("short", timeout_seconds=3),
        step("long", timeout_seconds=500),
        step("final", timeout_seconds=500, always=True),
        overall_timeout_seconds=20,
    )
    run(config, act)

    assert 0 < left["short"] <= 3
    assert 3 < left["long"] <= 20
    assert left["final"] > 20


def test_a_step_that_does_not_end_is_timed_out_and_the_rest_goes_on():
    def act(step, _upstream, until):
        while step.name == "endless" and time.monotonic() < until + 20:
            time.sleep(0.05)
        return Report(step=step.name)

    ran = run(plan(step("endless", timeout_seconds=1), step("fine")), act, grace=0)

    assert ran["endless"].status is Status.DID_NOT_LOOK
    assert "1.0 second" in ran["endless"].reason
    assert ran["fine"].status is Status.CLEAN


@pytest.fixture
def kept(request):
    """Keep answers under a key of this test's own."""
    return Caching(lambda step: f"{request.node.name}-{step.name}", timedelta(days=1))


def test_an_answer_that_is_kept_is_not_asked_for_again(kept):
    asked = []

    def act(step, _upstream, _until):
        asked.append(step.name)
        return Report(step=step.name, findings=(FINDING,), used=(Use(tool="tool", calls=1),))

    first = run(plan(step("a"), step("b", cacheable=False)), act, caching=kept)
    second = run(plan(step("a"), step("b", cacheable=False)), act, caching=kept)

    assert sorted(asked) == ["a", "b", "b"]
    assert not first["a"].cached
    assert second["a"].cached
    assert second["a"].findings == (FINDING,)
    assert second["a"].attempts == 0
    assert first["a"].used
    assert second["a"].used == ()  # what it cost once it does not cost again
    assert second.state("a").name == "Cached"
    assert second.state("b").name == "Completed"


@pytest.mark.parametrize(
    "report",
    [
        did_not_look("a", "no"),
        did_not_look("a", "part").but(findings=(FINDING,)),
        Report(step="a", keep=False),
    ],
    ids=["nothing", "part", "may be another next time"],
)
def test_what_did_not_look_or_may_change_is_never_kept(kept, report):
    asked = []

    def act(step, _upstream, _until):
        asked.append(step.name)
        return report

    run(plan(step("a")), act, caching=kept)
    again = run(plan(step("a")), act, caching=kept)

    assert asked == ["a", "a"]
    assert not again["a"].cached


def test_an_answer_is_kept_for_its_lifetime_only(kept):
    asked = []

    def act(step, _upstream, _until):
        asked.append(step.name)
        return Report(step=step.name)

    brief = Caching(kept.key, timedelta(seconds=0.5))
    run(plan(step("a")), act, caching=brief)
    time.sleep(0.6)
    run(plan(step("a")), act, caching=brief)

    assert asked == ["a", "a"]


def test_an_answer_that_cannot_be_read_any_more_is_asked_for_again(kept, server):
    asked = []

    def act(step, _upstream, _until):
        asked.append(step.name)
        return Report(step=step.name)

    run(plan(step("a")), act, caching=kept)
    (record,) = (server.folder / "prefect" / "storage").glob("*cannot_be_read*")
    record.write_bytes(record.read_bytes()[:40])
    ran = run(plan(step("a")), act, caching=kept)

    assert ran["a"].status is Status.CLEAN
    assert asked == ["a", "a"]


def test_every_report_is_passed_through_what_comes_after_it(kept):
    def after(report):
        return report.but(facts=("seen",))

    for _ in range(2):
        ran = run(plan(step("a")), caching=kept, after=after)

    assert ran["a"].facts == ("seen",)


def test_a_resource_class_limits_how_many_run_at_once():
    lock, running, most = threading.Lock(), set(), []
    two = threading.Barrier(2, timeout=50)

    def act(step, _upstream, _until):
        with lock:
            running.add(step.name)
            most.append(len(running))
        two.wait()
        time.sleep(0.2)
        with lock:
            running.discard(step.name)
        return Report(step=step.name)

    heavy = ResourceClass.MEMORY_INTENSIVE
    run(plan(*(step(f"s_{n}", resource_class=heavy) for n in range(4))), act)

    assert max(most) == 2


def test_a_place_that_nobody_gives_back_does_not_hold_a_plan_for_ever():
    async def taken():
        async with get_client() as client:
            await client.increment_concurrency_slots(
                names=[ResourceClass.MEMORY_INTENSIVE.value], slots=2, mode="concurrency"
            )

    async def given_back():
        async with get_client() as client:
            await client.release_concurrency_slots(
                names=[ResourceClass.MEMORY_INTENSIVE.value], slots=2, occupancy_seconds=1
            )

    heavy = step("heavy", resource_class=ResourceClass.MEMORY_INTENSIVE, timeout_seconds=1)
    run(plan(step("makes_the_limits")))
    asyncio.run(taken())
    try:
        ran = run(plan(heavy, step("fine")))
    finally:
        asyncio.run(given_back())

    assert ran["heavy"].status is Status.DID_NOT_LOOK
    assert "slot" in ran["heavy"].reason
    assert ran["fine"].status is Status.CLEAN


def test_who_follows_hears_of_each_step_once_and_in_order():
    heard = []
    run(
        plan(step("a"), step("b", "a")),
        started=lambda step: heard.append(f"{step.name} started"),
        finished=lambda report: heard.append(f"{report.step} finished"),
    )

    assert heard == ["a started", "a finished", "b started", "b finished"]


def test_tools_are_told_to_stop_when_the_plan_ends_in_whatever_way():
    stop = threading.Event()

    def after(report):
        raise KeyError(report.step)

    with pytest.raises(KeyError):
        run(plan(step("a")), stop=stop, after=after)

    assert stop.is_set()


def test_a_step_that_fails_because_its_plan_has_ended_was_stopped():
    stop = threading.Event()

    def act(_step, _upstream, _until):
        stop.set()  # its copies are removed next
        raise FileNotFoundError

    ran = run(plan(step("a")), act, stop=stop)
    assert (ran["a"].status, ran["a"].reason) == (Status.DID_NOT_LOOK, f"a: {STOPPED}")
    assert ran.state("a").name == "DidNotLook"
