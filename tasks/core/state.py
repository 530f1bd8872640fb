"""The state of a review, as a view of its flow run: Prefect's server has the record."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class WorkflowStatus(enum.StrEnum):
    """Where a review is."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Return whether nothing more happens by itself."""
        return self in {
            WorkflowStatus.COMPLETED,
            WorkflowStatus.FAILED,
            WorkflowStatus.CANCELLED,
        }

    def can_transition_to(self, status: WorkflowStatus) -> bool:
        """Return whether it may go there from here."""
        return status in TRANSITIONS[self]


_S = WorkflowStatus

TRANSITIONS: Mapping[WorkflowStatus, frozenset[WorkflowStatus]] = MappingProxyType(
    {
        # only what runs can be paused
        _S.PENDING: frozenset({_S.IN_PROGRESS, _S.FAILED, _S.CANCELLED}),
        _S.IN_PROGRESS: frozenset({_S.PAUSED, _S.RETRYING, _S.COMPLETED, _S.FAILED, _S.CANCELLED}),
        _S.PAUSED: frozenset({_S.IN_PROGRESS, _S.PENDING, _S.FAILED, _S.CANCELLED}),
        # from AwaitingRetry a worker claims it; Retrying is at work, and ends like any other
        _S.RETRYING: frozenset(
            {_S.PENDING, _S.IN_PROGRESS, _S.PAUSED, _S.COMPLETED, _S.FAILED, _S.CANCELLED}
        ),
        _S.COMPLETED: frozenset(),
        # a person tries again
        _S.FAILED: frozenset({_S.RETRYING, _S.PENDING}),
        _S.CANCELLED: frozenset({_S.RETRYING, _S.PENDING}),
    }
)
"""What Prefect's orchestration lets happen, in our words.

``tests/flows/test_transitions.py`` asks a server, and names what it lets happen beyond this.
"""

FROM_PREFECT: Mapping[str, WorkflowStatus] = MappingProxyType(
    {
        # types
        "SCHEDULED": _S.PENDING,
        "PENDING": _S.PENDING,
        "RUNNING": _S.IN_PROGRESS,
        "PAUSED": _S.PAUSED,
        "COMPLETED": _S.COMPLETED,
        "FAILED": _S.FAILED,
        "CRASHED": _S.FAILED,
        "CANCELLING": _S.IN_PROGRESS,  # its processes may still run; it can only be cancelled
        "CANCELLED": _S.CANCELLED,
        # names that say more than their type
        "Late": _S.PENDING,
        "Resuming": _S.PENDING,
        "AwaitingConcurrencySlot": _S.PENDING,
        "AwaitingRetry": _S.RETRYING,
        "Retrying": _S.RETRYING,
        "Paused": _S.PAUSED,
        "Suspended": _S.PAUSED,
    }
)
"""Our word for a Prefect state, by its type and by the names that Prefect gives states."""


def status_of(type: str, name: str = "") -> WorkflowStatus:  # noqa: A002 - Prefect's word for it
    """Return our word for a Prefect state.

    Raises:
        ValueError: Prefect has a type that we do not know.
    """
    by_type = FROM_PREFECT.get(type.upper())
    if by_type is None:
        raise ValueError(f"no Prefect state has the type {type!r}")
    # the name is free text: it may refine what goes on, not reopen what is over
    return by_type if by_type.is_final else FROM_PREFECT.get(name, by_type)


def _progress_of(said: Mapping[str, Any]) -> float:
    """Return how much is done, where nobody says it more finely."""
    total = said.get("total_steps", 0)
    if not total:
        return 1.0 if said.get("status") is WorkflowStatus.COMPLETED else 0.0
    # a wrong count is refused by its own check, with its own words
    return min(1.0, float(said.get("completed_steps", 0) / total))


class WorkflowState(BaseModel):
    """A review at one moment. ``progress`` is 0 to 1, by default the share of ended steps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workflow_id: str
    review_id: str
    status: WorkflowStatus = WorkflowStatus.PENDING
    current_step: str | None = None
    total_steps: int = Field(default=0, ge=0)
    completed_steps: int = Field(default=0, ge=0)
    retry_count: int = Field(default=0, ge=0)
    created_at: AwareDatetime
    updated_at: AwareDatetime
    progress: float = Field(default_factory=_progress_of, ge=0, le=1, allow_inf_nan=False)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.completed_steps > self.total_steps:
            raise ValueError(
                f"{self.completed_steps} steps completed, but there are only {self.total_steps}"
            )
        if self.updated_at < self.created_at:
            raise ValueError(
                f"updated {self.updated_at.isoformat()}, before it was created "
                f"({self.created_at.isoformat()})"
            )
        return self

    def can_transition_to(self, status: WorkflowStatus) -> bool:
        """Return whether it may go there from here."""
        return self.status.can_transition_to(status)

    def moved_to(self, status: WorkflowStatus, at: AwareDatetime) -> WorkflowState:
        """Return the state after this move; moving to RETRYING counts one more retry.

        Raises:
            ValueError: it may not go there from here.
        """
        if not self.can_transition_to(status):
            allowed = ", ".join(sorted(TRANSITIONS[self.status])) or "nothing: it is over"
            raise ValueError(
                f"review {self.review_id} cannot go from {self.status} to {status}; "
                f"from there it can go to {allowed}"
            )
        values = dict(self)
        if self.progress == _progress_of(values):
            del values["progress"]  # it was computed, so it is computed again
        values |= {
            "status": status,
            "updated_at": at,
            "retry_count": self.retry_count + (status is WorkflowStatus.RETRYING),
        }
        return WorkflowState.model_validate(values)
