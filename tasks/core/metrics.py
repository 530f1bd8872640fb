"""How well reviews go and what they cost, from counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.core.report import Report, Status, Use

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class WorkflowMetrics(BaseModel):
    """The figures of one review by its steps, or of many reviews.

    ``durations`` are the seconds of each, ``duration_seconds`` is the wall clock over all of
    them, ``wait_seconds`` how long it waited before it began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: Count = 0
    succeeded: Count = 0
    failed: Count = 0
    retried: Count = 0
    durations: tuple[Seconds, ...] = ()
    duration_seconds: Seconds = 0.0
    wait_seconds: Seconds = 0.0
    queue_size: Count = 0
    active_tasks: Count = 0
    used: tuple[Use, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.succeeded + self.failed > self.total:
            raise ValueError(
                f"{self.succeeded} succeeded and {self.failed} failed, of only {self.total}"
            )
        if self.retried > self.total:
            raise ValueError(f"{self.retried} were tried again, of only {self.total}")
        return self

    @property
    def success_rate(self) -> float:
        """Return the share that succeeded, 0 to 1; 0 where there was nothing."""
        return self._share(self.succeeded)

    @property
    def failure_rate(self) -> float:
        """Return the share that failed, 0 to 1."""
        return self._share(self.failed)

    @property
    def retry_rate(self) -> float:
        """Return the share that was tried again, however often, 0 to 1."""
        return self._share(self.retried)

    @property
    def throughput_per_minute(self) -> float:
        """Return how many ended in a minute of wall clock."""
        ended = self.succeeded + self.failed
        return 60.0 * ended / self.duration_seconds if self.duration_seconds else 0.0

    @property
    def cpu_seconds(self) -> float:
        """Return the CPU time of all the tools."""
        return sum(use.cpu_seconds for use in self.used)

    @property
    def peak_bytes(self) -> int:
        """Return the memory of the hungriest tool: they do not peak together."""
        return max((use.peak_bytes for use in self.used), default=0)

    def _share(self, count: int) -> float:
        return count / self.total if self.total else 0.0


def measure(
    reports: Sequence[Report], *, seconds: float, wait_seconds: float = 0.0
) -> WorkflowMetrics:
    """Return the figures of one review; a step that did not look has failed."""
    failed = sum(report.status is Status.DID_NOT_LOOK for report in reports)
    return WorkflowMetrics(
        total=len(reports),
        succeeded=len(reports) - failed,
        failed=failed,
        retried=sum(report.attempts > 1 for report in reports),
        durations=tuple(report.seconds for report in reports),
        duration_seconds=seconds,
        wait_seconds=wait_seconds,
        used=together(use for report in reports for use in report.used),
    )


def told(metrics: WorkflowMetrics) -> str:
    """Return what the tools cost, in one line."""
    if not metrics.used:
        return "no tool had to look"
    most = max(metrics.used, key=lambda use: use.peak_bytes)
    calls = sum(use.calls for use in metrics.used)
    return (
        f"{len(metrics.used)} tools in {calls} calls: {metrics.cpu_seconds:.1f} s of CPU, "
        f"at most {metrics.peak_bytes / 1024**2:.0f} MiB ({most.tool})"
    )


def together(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Return one figure a tool: times and counts added, the highest of the peaks."""
    by_tool: dict[str, Use] = {}
    for use in uses:
        so_far = by_tool.get(use.tool, Use(tool=use.tool))
        by_tool[use.tool] = Use(
            tool=use.tool,
            seconds=so_far.seconds + use.seconds,
            cpu_seconds=so_far.cpu_seconds + use.cpu_seconds,
            peak_bytes=max(so_far.peak_bytes, use.peak_bytes),
            calls=so_far.calls + use.calls,
            files=so_far.files + use.files,
            cached_files=so_far.cached_files + use.cached_files,
        )
    return tuple(by_tool.values())
