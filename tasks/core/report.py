"""What one step of a plan said: clean, findings, or did not look, and why."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from tasks.core.finding import Finding


class Status(enum.StrEnum):
    """The three answers of a step; there is no fourth, and no silence."""

    CLEAN = "clean"
    FINDINGS = "findings"
    DID_NOT_LOOK = "did_not_look"


class Gap(BaseModel):
    """Something that was not looked at: by whom, at what, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    why: str
    path: str = ""

    def __str__(self) -> str:
        """Say it as one line."""
        return (
            f"{self.who} did not look at {self.path}: {self.why}"
            if self.path
            else f"{self.who}: {self.why}"
        )


class Use(BaseModel):
    """What one tool cost: seconds of wall clock and CPU, peak memory in bytes, its calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    calls: int = 0
    files: int = 0
    cached_files: int = 0


class Report(BaseModel):
    """What one step said.

    ``started`` is in seconds since the review began, ``seconds`` how long it took
    from there. ``facts`` are figures worth showing that are no findings. ``keep`` is false
    where asking again may give another answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    facts: tuple[str, ...] = ()
    used: tuple[Use, ...] = ()
    started: float = 0.0
    seconds: float = 0.0
    cached: bool = False
    attempts: int = Field(default=1, ge=0)
    keep: bool = True

    @property
    def status(self) -> Status:
        """Return its answer; one gap is enough not to be clean."""
        if self.gaps:
            return Status.DID_NOT_LOOK
        return Status.FINDINGS if self.findings else Status.CLEAN

    @property
    def reason(self) -> str:
        """Return why it did not look, or an empty string."""
        return "; ".join(str(gap) for gap in self.gaps)

    def but(self, **values: object) -> Report:
        """Return this report with other values."""
        return self.model_copy(update=values)


def did_not_look(step: str, why: str, *, attempts: int = 1) -> Report:
    """Return the report of a step that said nothing at all."""
    return Report(step=step, gaps=(Gap(who=step, why=why),), attempts=attempts)


def findings_of(reports: Sequence[Report]) -> tuple[Finding, ...]:
    """Return what all the steps found, in the order of the steps."""
    return tuple(finding for report in reports for finding in report.findings)
