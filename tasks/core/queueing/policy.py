"""How slots are given: the settings that people may change."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class QueuePolicy(BaseModel):
    """The settings of the order. None and 0 switch a rule off.

    ``ageing_seconds``: what has waited this long counts one level higher, twice as long two; but
    not as critical, because critical reviews would then stand behind a backlog of old ones.
    ``overdue_seconds``: the oldest of what has waited this long goes before everything else,
    critical too, once in ``overdue_every_seconds``: so nothing waits for ever.
    ``fair``: between repositories. Without it the oldest of a level is next.
    ``most_preemptions``: how often one review may be suspended for a critical one.
    ``restart_cost_seconds``: what resuming a review costs. A slot that is going to be free
    sooner than this is waited for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: int = Field(default=4, gt=0)
    fair: bool = True
    ageing_seconds: Seconds | None = 3600.0
    overdue_seconds: Seconds | None = 4 * 3600.0
    overdue_every_seconds: Seconds = 600.0
    most_preemptions: int = Field(default=3, ge=0)
    restart_cost_seconds: float = Field(default=10.0, ge=0, allow_inf_nan=False)
