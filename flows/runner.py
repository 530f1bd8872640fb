"""Submit any valid plan to Prefect: a task run for each step, in the order of its needs.

A step is submitted when what it needs is there and a place is free, the most urgent first:
in a task runner's own queue, steps that only wait would hold the places of those that could run.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from prefect import Task, allow_failure
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import SyncClientContext
from prefect.futures import PrefectFuture
from prefect.results import get_result_store
from prefect.states import Completed
from prefect.transactions import get_transaction
from prefect.utilities.annotations import NotSet

from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.report import Report, Status, did_not_look
from tasks.core.schedule import ready, unmet
from tasks.kept_steps import keep_step, key_to_use
from tasks.limits import place_of
from tasks.steps import StepTroubleError

FINAL_SECONDS = 60
"""What a step that always runs may still take when the time of the whole plan is up."""

STOPPED = "the review was stopped"
"""What a step says that has not begun when the review ends before its time."""

SAID_BETTER = ("Timeout of", "Finished in state")
"""How lines of Prefect's task runs begin that are not for the log of a review: of its own
time-outs, which only stand behind our deadlines, and of ends, which we tell in words."""

logging.getLogger("prefect.task_runs").addFilter(
    lambda record: not str(record.msg).startswith(SAID_BETTER)
)

Act = Callable[[TaskDefinition, Mapping[str, Report], float], Report]
"""What a step does: its definition, what was said before it, and until when (monotonic)."""


def not_kept(_step: TaskDefinition, _upstream: Mapping[str, Report]) -> str:
    """Return no key: no run may read what a step said."""
    return ""


@dataclass(frozen=True, slots=True)
class Caching:
    """Under which key a step's answer is kept (empty: it is not), and for how long.

    ``key`` is for all reviews, and for answers that are worth it. ``kept`` is for this run alone,
    and for every report: should it have to begin again, it repeats nothing that had ended.
    """

    key: Callable[[TaskDefinition], str] = lambda _: ""
    lifetime: timedelta | None = None
    kept: Callable[[TaskDefinition, Mapping[str, Report]], str] = not_kept


@dataclass(slots=True)
class PlanRun:
    """One run of a plan, inside a flow run.

    ``after`` is applied to every report, fresh or cached, before anybody sees it. ``started``
    and ``finished`` are called in the flow's own thread, and must not wait. ``stop`` is set when
    the plan ends in whatever way, for tools that are still at work. ``grace`` are the seconds
    between a step's own deadline, when its processes are ended, and Prefect's.
    """

    plan: WorkflowConfig
    act: Act
    caching: Caching = field(default_factory=Caching)
    started: Callable[[TaskDefinition], None] = lambda _: None
    finished: Callable[[Report], None] = lambda _: None
    after: Callable[[Report], Report] = lambda report: report
    stop: threading.Event = field(default_factory=threading.Event)
    grace: float = 5.0
    reports: dict[str, Report] = field(default_factory=dict)
    _tries: dict[str, list[float]] = field(default_factory=dict)
    _begun: float = field(default_factory=time.monotonic)

    async def run(self) -> tuple[Report, ...]:
        """Run every step; return what each said, in the order of the plan.

        A step that failed, crashed or was not in time has a report that says so.
        """
        futures: dict[str, PrefectFuture[Any]] = {}
        ended: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        try:
            with SyncClientContext.get_or_create():  # else each task makes two: 25 ms of TLS each
                while len(self.reports) < len(self.plan.tasks):
                    running = [name for name in futures if name not in self.reports]
                    for name in ready(self.plan, self.reports, running):
                        step = self.plan.task(name)
                        self.started(step)
                        futures[name] = self._submit(step, futures)
                        futures[name].add_done_callback(partial(_tell, loop, ended, name))
                    name = await ended.get()
                    report = self.after(self._report(name, futures[name]))
                    self.reports[name] = report
                    self.finished(report)
        finally:
            self.stop.set()
        return tuple(self.reports[name] for name in self.plan.names)

    def _submit(
        self, step: TaskDefinition, futures: Mapping[str, PrefectFuture[Any]]
    ) -> PrefectFuture[Any]:
        """Submit a step whose dependencies have ended, however they did."""
        upstream = {name: self.reports[name] for name in step.dependencies}
        key = self.caching.key(step) if step.cacheable else ""
        kept = self.caching.kept(step, upstream)
        submitted = time.monotonic()

        def run_step() -> State[Report]:
            return self._run_step(step, upstream, kept)

        def known_as(_context: Any, _parameters: Any) -> str | None:  # noqa: ANN401 - Prefect's
            return key_to_use(get_result_store(), key, kept)

        def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
            return isinstance(state.data, StepTroubleError) and not self.stop.is_set()

        task: Task[[], Any] = Task(
            run_step,
            name=step.name,
            description=step.description,
            task_run_name=step.name,
            tags=step.tags,
            retries=step.retry.max_retries,
            retry_delay_seconds=list(step.retry.delays) or None,
            retry_jitter_factor=step.retry.jitter or None,
            retry_condition_fn=may_pass,
            timeout_seconds=step.timeout_seconds + self.grace,
            cache_policy=NotSet if key or kept else NO_CACHE,
            cache_key_fn=known_as if key or kept else None,
            cache_expiration=self.caching.lifetime,
            persist_result=bool(key or kept),
            result_serializer="json" if key or kept else None,
        )
        self._tries[step.name] = [submitted]
        needed = [allow_failure(futures[name]) for name in step.dependencies]
        future: PrefectFuture[Any] = task.submit(wait_for=needed, return_state=False)
        return future

    def _run_step(
        self, step: TaskDefinition, upstream: Mapping[str, Report], kept: str
    ) -> State[Report]:
        """Try a step once, in a thread of the task runner.

        Raises:
            StepTroubleError: it did not look for a reason that may pass.
        """
        missing = "" if step.always else unmet(step, upstream)
        if self.stop.is_set():
            missing = STOPPED
        if missing:
            report = did_not_look(step.name, missing)
        else:
            asked = time.monotonic()  # waiting for a place is part of the step's time
            with place_of(step):
                started = time.monotonic()
                self._tries[step.name].append(started)
                report = self._act(step, upstream, self._until(step, asked))
                report = report.but(seconds=time.monotonic() - started)
            if kept and not self.stop.is_set():  # else it is how far a step came that was ended
                keep_step(get_result_store(), kept, report)
        looked = report.status is not Status.DID_NOT_LOOK
        transaction = get_transaction()
        if transaction is not None and (transaction.key == kept or not (looked and report.keep)):
            transaction.write_on_commit = False  # a partial look is never an answer to keep
        if looked:
            return Completed(data=report, message=f"{len(report.findings)} findings")
        return Completed(name="DidNotLook", data=report, message=report.reason[:1000])

    def _act(self, step: TaskDefinition, upstream: Mapping[str, Report], until: float) -> Report:
        """Do what a step does. Once the plan has ended, its copies are gone: that is no failure."""
        try:
            return self.act(step, upstream, until)
        except Exception:
            if not self.stop.is_set():
                raise
            return did_not_look(step.name, STOPPED)

    def _until(self, step: TaskDefinition, now: float) -> float:
        """Return when a step's processes are ended: its own deadline, or that of the plan."""
        own = now + step.timeout_seconds
        overall = self._begun + self.plan.overall_timeout_seconds
        return min(own, max(overall, now + FINAL_SECONDS) if step.always else overall)

    def _report(self, name: str, future: PrefectFuture[Any]) -> Report:
        """Return what an ended step said, or that it said nothing, and why."""
        submitted, *tries = self._tries[name]
        future.wait()
        data = future.state.data
        said = getattr(data, "result", data)  # a record of what was said, or what was raised
        cached = future.state.name == "Cached"
        if isinstance(said, httpx.TransportError) and self.caching.kept is not not_kept:
            raise said  # Prefect's server is away: the run begins again, with what is kept
        if isinstance(said, StepTroubleError):
            said = said.report
        elif not isinstance(said, Report):
            why = str(said or future.state.message) or type(said).__name__
            said = did_not_look(name, why)
        started = tries[-1] if tries else submitted
        return said.but(
            started=started - self._begun,
            seconds=0.0 if cached else said.seconds or time.monotonic() - started,
            cached=cached,
            attempts=len(tries),
            used=() if cached else said.used,
        )


def _tell(
    loop: asyncio.AbstractEventLoop, ended: asyncio.Queue[str], name: str, _: PrefectFuture[Any]
) -> None:
    """Tell the flow's loop that a step ended; there may be no loop any more."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(ended.put_nowait, name)
