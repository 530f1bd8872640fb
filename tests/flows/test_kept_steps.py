"""Steps of a run that begins again: what had finished comes back, whatever it said."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest
from prefect import flow

from flows.runner import Caching, PlanRun
from tasks.core.plan import RetryPolicy, TaskDefinition, Trouble, WorkflowConfig
from tasks.core.report import Report, did_not_look
from tasks.steps import StepTroubleError

LOOK = TaskDefinition(name="look", retry=RetryPolicy(max_retries=0))
NEEDS = TaskDefinition(name="needs", dependencies=("look",))


class Run:
    """A run of a plan that one process after the other takes up."""

    def __init__(self, *steps):
        self.plan = WorkflowConfig(name="test", tasks=steps)
        self.scope = uuid4().hex
        self.asked = []

    def begin(self, said, *, key="", stop_after=False):
        """Run it once, in which each step says ``said``; return the reports by step."""

        def act(step, _upstream, _until):
            self.asked.append(step.name)
            if stop_after:
                run.stop.set()
            if isinstance(said, Exception):
                raise said
            return said.but(step=step.name)

        def kept(step, _upstream):
            return f"kept-{self.scope}-{step.name}"

        run = PlanRun(self.plan, act, Caching(key=lambda _: key, kept=kept))

        @flow(name="a-plan")
        async def a_plan():
            return await run.run()

        return {report.step: report for report in asyncio.run(a_plan())}


SAID = [
    Report(step="", facts=("all is well",)),
    Report(step="", facts=("another time it may be other",), keep=False),
    did_not_look("", "it was not installed"),
]


@pytest.mark.parametrize("said", SAID, ids=["well", "not-to-keep", "did-not-look"])
def test_what_had_finished_comes_back_and_is_not_asked_again(said):
    run = Run(LOOK)
    first = run.begin(said)["look"]
    again = run.begin(Report(step="", facts=("asked again",)))["look"]

    assert (again.facts, again.gaps, again.status) == (first.facts, first.gaps, first.status)
    assert (first.cached, again.cached) == (False, True)
    assert run.asked == ["look"]


def test_what_is_known_by_its_content_serves_other_runs_too():
    key = uuid4().hex
    Run(LOOK).begin(SAID[0], key=key)
    other = Run(LOOK)
    assert other.begin(SAID[2], key=key)["look"].cached
    assert other.asked == []


def test_what_is_not_to_keep_is_kept_for_the_run_alone():
    key = uuid4().hex
    mine, other = Run(LOOK), Run(LOOK)
    mine.begin(SAID[1], key=key)
    assert mine.begin(SAID[0], key=key)["look"].cached
    assert not other.begin(SAID[0], key=key)["look"].cached


def test_a_step_that_was_ended_with_its_review_is_asked_again():
    run = Run(LOOK)
    run.begin(did_not_look("", "the review was stopped"), stop_after=True)
    assert not run.begin(SAID[0])["look"].cached


def test_trouble_that_may_pass_is_not_kept_nor_what_waited_for_it():
    run = Run(LOOK, NEEDS)
    trouble = StepTroubleError(did_not_look("look", "it was killed"), Trouble.KILLED)
    first = run.begin(trouble)
    again = run.begin(SAID[0])

    assert first["needs"].gaps
    assert not again["look"].cached
    assert not again["needs"].gaps


def test_a_server_that_is_away_is_no_answer_of_a_step():
    with pytest.raises(httpx.ConnectError):
        Run(LOOK).begin(httpx.ConnectError("refused"))
