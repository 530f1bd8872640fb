"""Where a review is: its flow run and task runs, which the server has, in our words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect.client.schemas.objects import FlowRun, State, TaskRun

from tasks.core.queueing import marks
from tasks.core.queueing.positions import Position
from tasks.core.queueing.queues import QUEUES, priority_of
from tasks.core.render.words import count
from tasks.core.state import WorkflowState, WorkflowStatus, status_of
from tasks.runs import HEAD, PRIORITY

TOLD = re.compile(r": (?P<done>\d+) of (?P<total>\d+) steps(?:, \w+ the last)?$")
"""What ``tasks.artifacts.progress_of`` says, behind a name that a stranger may have chosen."""


WAITS: Mapping[str, str] = {
    "Scheduled": "waits for a worker",
    "Late": "waits for a worker, and none has taken it in time",
    "Resuming": "goes on as soon as a worker is free",
    "Suspended": "waits until somebody resumes it",
    marks.QUEUED: "waits for its turn",
    marks.PREEMPTED: "gave way to a critical review",
}
"""Why a run does not go on, where its state says nothing of it, by the state's name."""

TOLD_BEFORE = frozenset({marks.PREEMPTED, "AwaitingRetry"})
"""States whose message says what happened; what others say of waiting, its place says better."""


def word_of(state: State[Any] | None) -> WorkflowStatus:
    """Return our word for a state; a run without one has only been thought of."""
    if state is None:
        return WorkflowStatus.PENDING
    return status_of(state.type.value, state.name or "")


def subject_of(run: FlowRun) -> str:
    """Return what a run reviews: ``owner/name#12``, or the name of a change on a machine.

    Its parameters say so from the beginning; its own name only once it has begun.
    """
    said = run.parameters
    if "number" in said:
        return f"{said.get('repository', '')}#{said['number']}"
    return str(said.get("name") or run.name)


def repository_of(run: FlowRun) -> str:
    """Return whose change a run reviews: ``owner/name``, or the name of a folder."""
    subject = subject_of(run)
    return subject.rpartition("#" if "number" in run.parameters else "@")[0] or subject


def steps_of(task_runs: Iterable[TaskRun]) -> tuple[TaskRun, ...]:
    """Return each step's newest task run, of those in the order of their start.

    A review that was resumed or tried again has several of a step.
    """
    return tuple({one.name: one for one in task_runs}.values())


def state_of(run: FlowRun, task_runs: Iterable[TaskRun], progress: str = "") -> WorkflowState:
    """Return the state of a review.

    ``progress`` is what its progress artifact says. It knows how many steps the plan has; the
    task runs are only those that were submitted, and reach the server a moment later.
    """
    steps = steps_of(task_runs)
    told = TOLD.search(progress)
    done, total = (int(told["done"]), int(told["total"])) if told else (0, 0)
    status = word_of(run.state)
    running = [one.name for one in steps if one.state and one.state.is_running()]
    created = run.created or datetime.now(UTC)
    return WorkflowState(
        workflow_id=str(run.id),
        review_id=subject_of(run),
        status=status,
        current_step=running[0] if running and not status.is_final else None,
        total_steps=max(total, len(steps)),
        completed_steps=max(done, sum(bool(one.state and one.state.is_final()) for one in steps)),
        # the run's own count also has every wait for GitHub in it
        retry_count=sum(max(0, one.run_count - 1) for one in steps),
        created_at=created,
        updated_at=max(created, run.updated or created),
    )


def submitted(run: FlowRun) -> datetime | None:
    """Return since when a run waits: one of a schedule was made long before its time.

    One that took the place of another, which waited in another queue, has waited as long as that.
    """
    since = str((run.labels or {}).get(marks.SINCE, ""))
    with contextlib.suppress(ValueError):  # anybody may have written something else
        return datetime.fromisoformat(since).astimezone(UTC)
    return run.expected_start_time if run.auto_scheduled else run.created


def counted(run: FlowRun, label: str) -> int:
    """Return the number that a label of a run has; anybody may have written something else."""
    value = str((run.labels or {}).get(label, ""))
    return int(value) if value.isascii() and value.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Review:
    """A review at one moment: its run, each step's newest task run, the verdict's one line.

    ``place`` is where it stands among all that wait for a slot, if it does.
    """

    run: FlowRun
    state: WorkflowState
    steps: tuple[TaskRun, ...] = ()
    verdict: str = ""
    place: Position | None = None

    @property
    def name(self) -> str:
        """Return what it reviews."""
        return subject_of(self.run)

    @property
    def head(self) -> str:
        """Return the commit it reviews, once it knows that; empty before, and for a branch."""
        return self._tag(HEAD)

    @property
    def priority(self) -> str:
        """Return how urgent it is, or nothing where nobody said so."""
        said = self._tag(PRIORITY)
        return said or (priority_of(self.queue).label if self.queue else "")

    @property
    def queue(self) -> str:
        """Return the queue of the service that it is in, or was; empty for any other run."""
        name = self.run.work_queue_name or ""
        return name if name in QUEUES.values() else ""

    @property
    def attempt(self) -> int:
        """Return which attempt this is; a process that died makes it one more."""
        return 1 + counted(self.run, marks.ATTEMPT)

    @property
    def attempts(self) -> str:
        """Return ``attempt 2 of 3``, or nothing of a first one."""
        if self.attempt > marks.MOST_ATTEMPTS:
            return f"given up after {marks.MOST_ATTEMPTS} attempts"
        return f"attempt {self.attempt} of {marks.MOST_ATTEMPTS}" if self.attempt > 1 else ""

    @property
    def preempted(self) -> int:
        """Return how often it has given way to a critical review."""
        return counted(self.run, marks.PREEMPTIONS)

    @property
    def setbacks(self) -> str:
        """Return what has kept it from going through in one piece, or nothing."""
        told = [self.attempts] if self.attempts else []
        told += [f"gave way {count(self.preempted, 'time')}"] if self.preempted else []
        return ", ".join(told)

    @property
    def word(self) -> str:
        """Return Prefect's name for its state, which may say more than ours."""
        return (self.run.state.name if self.run.state else None) or ""

    @property
    def since(self) -> datetime:
        """Return since when it is in its state."""
        return self.run.state.timestamp if self.run.state else self.state.created_at

    @property
    def why(self) -> str:
        """Return why it is where it is: what it waits for, how it failed, the verdict."""
        if self.state.status is WorkflowStatus.COMPLETED and self.verdict:
            return self.verdict
        message = (self.run.state.message if self.run.state else "") or WAITS.get(self.word, "")
        if self.place:
            before = message if self.word in TOLD_BEFORE else ""
            return "; ".join(filter(None, (self.place.why, before)))
        return message or self.setbacks

    def _tag(self, kind: str) -> str:
        found = (tag for tag in self.run.tags if tag.startswith(kind))
        return next(found, "").removeprefix(kind)
