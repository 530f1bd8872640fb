"""The settings of the service's queue, as people edit them in Prefect's UI."""

from __future__ import annotations

from prefect.blocks.core import Block
from pydantic import Field

from tasks.core.queueing.policy import QueuePolicy, Seconds

DEFAULT = "default"
"""The document that the service follows."""

_OF = QueuePolicy()


class ReviewQueue(Block):
    """How reviews get slots, and who hears of failures. See docs/queues.md."""

    _block_type_name = "Review queue"
    _block_type_slug = "review-queue"
    _description = "How many reviews run at once, in which order, and who gives way."

    slots: int = Field(default=_OF.slots, gt=0, description="How many reviews run at once")
    fair: bool = Field(default=_OF.fair, description="Share the slots between repositories")
    ageing_seconds: Seconds | None = Field(
        default=_OF.ageing_seconds,
        description="After so long a review counts one queue higher; empty: never",
    )
    overdue_seconds: Seconds | None = Field(
        default=_OF.overdue_seconds,
        description="After so long it goes before all others; empty: never",
    )
    overdue_every_seconds: Seconds = Field(
        default=_OF.overdue_every_seconds,
        description="How often one that is overdue may go first",
    )
    most_preemptions: int = Field(
        default=_OF.most_preemptions, ge=0, description="How often one review gives way; 0: never"
    )
    restart_cost_seconds: float = Field(
        default=_OF.restart_cost_seconds,
        ge=0,
        allow_inf_nan=False,
        description="A slot that is free sooner than this is waited for",
    )
    notify: str = Field(
        default="",
        description="The notification block that hears of failed reviews, as TYPE/NAME, "
        "for example slack-webhook/platform-team; empty: none",
    )

    @property
    def policy(self) -> QueuePolicy:
        """Return the settings of the order."""
        return QueuePolicy(**{name: getattr(self, name) for name in QueuePolicy.model_fields})
