"""What has become of a run, as the process sees it that is at work on it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from prefect.client.schemas.objects import FlowRun, State, StateType

from tasks.core.queueing.marks import OWNER


class Fate(enum.StrEnum):
    """Whether to go on with a review, or how to end."""

    OURS = "ours"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Word:
    """What the server says of the run; ``state`` is the one in which it is paused."""

    fate: Fate
    why: str = ""
    state: State[Any] | None = None

    @property
    def ours(self) -> bool:
        """Return whether this process is to go on."""
        return self.fate is Fate.OURS


OURS = Word(Fate.OURS)

ENDED = frozenset({StateType.CANCELLING, StateType.CANCELLED})


def word_of_run(run: FlowRun, owner: str, *, deployed: bool) -> Word:
    """Return what has become of a run that the process ``owner`` is at work on.

    ``owner`` is empty before the process could say that it is. Nobody takes a run away that is
    no deployment's: no worker would go on with it.
    """
    state = run.state
    if state is None or state.type in ENDED:
        return Word(Fate.CANCELLED, state.message or "cancelled") if state else OURS
    if not deployed:
        return OURS
    if state.type is StateType.PAUSED:
        return Word(Fate.PAUSED, state.message or f"it is {state.name}", state)
    if state.type is not StateType.RUNNING:
        return Word(Fate.LOST, f"its run is {state.name} by now: {state.message or 'taken away'}")
    taken = owner and run.labels.get(OWNER) != owner
    return Word(Fate.LOST, "another process has taken the run over") if taken else OURS
