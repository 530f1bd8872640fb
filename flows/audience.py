"""Who follows a review from inside the process that makes it: a terminal, a test."""

from __future__ import annotations

from contextvars import ContextVar

from tasks.core.change import ChangeSet
from tasks.core.plan import TaskDefinition
from tasks.core.render import Shown
from tasks.core.report import Report
from tasks.core.template import Plan
from tasks.core.verdict import Verdict


class Audience:
    """Hears what happens, in the flow's thread, and says nothing; subclasses speak."""

    def told(self, text: str) -> None:
        """Hear a line about how the review comes along."""

    def without_verdict(self, why: str) -> None:
        """Hear that the review ended and needed no verdict, and why."""

    def unsaid(self, verdict: Verdict, shown: Shown) -> bool:
        """Hear that we may not write to the pull request; return whether people read it here."""
        del verdict, shown
        return False

    def prepared(self, change: ChangeSet, plan: Plan) -> None:
        """Hear what will be looked at, and by which steps."""

    def started(self, step: TaskDefinition) -> None:
        """Hear that a step was submitted."""

    def finished(self, report: Report) -> None:
        """Hear what a step said of the lines that are shown."""

    def decided(self, verdict: Verdict, shown: Shown) -> None:
        """Hear the verdict, while the sources are still at hand."""


AUDIENCE: ContextVar[Audience] = ContextVar("AUDIENCE", default=Audience())  # noqa: B039 - it has no state
