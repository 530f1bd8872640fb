"""What an action of a plan is given: everything one step needs to look."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tasks.core.change import ChangeSet
from tasks.core.plan import TaskDefinition, Trouble
from tasks.core.policy import ReviewPolicy
from tasks.core.render import Shown
from tasks.core.report import Report
from tasks.core.template import PR_REVIEW
from tasks.core.verdict import Verdict, decide
from tasks.errors import ReviewError
from tasks.memory import Memory

Conclude = Callable[[Sequence[Report]], Verdict]


@dataclass(frozen=True, slots=True)
class StepRun:
    """One attempt at one step.

    ``upstream`` has the reports of the steps it depends on. ``until`` is the
    ``time.monotonic()`` at which its processes are ended. ``stop`` is set when the whole review
    is to end. ``conclude`` is how the review decides over reports, ``shown`` what its verdict is
    shown with.
    """

    step: TaskDefinition
    change: ChangeSet
    policy: ReviewPolicy
    until: float
    upstream: Mapping[str, Report] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    stop: threading.Event = field(default_factory=threading.Event)
    python: str = "3.11"
    conclude: Conclude = field(default_factory=lambda: partial(decide, policy=ReviewPolicy()))
    shown: Shown = field(default_factory=lambda: Shown(plan=PR_REVIEW))

    @property
    def seconds_left(self) -> float:
        """Return how long the step may still take."""
        return max(0.0, self.until - time.monotonic())


Action = Callable[[StepRun], Report]
"""What a step does. It returns a Report, or raises StepTroubleError where it may be tried again."""


class StepTroubleError(ReviewError):
    """A step did not look for a reason that may pass; its report says what it did see."""

    def __init__(self, report: Report, trouble: Trouble) -> None:
        super().__init__(report, trouble)
        self.report = report
        self.trouble = trouble

    def __str__(self) -> str:
        """Say why."""
        return f"{self.report.step} did not look ({self.trouble}): {self.report.reason}"


def refuse_trouble(run: StepRun, report: Report, troubles: Iterable[Trouble]) -> None:
    """Refuse a report that another try may better.

    Raises:
        StepTroubleError: the step's policy finds one of the troubles worth another try.
    """
    passing = sorted(t for t in troubles if run.step.retry.worth_another_try(t))
    if passing:
        raise StepTroubleError(report, passing[0])
