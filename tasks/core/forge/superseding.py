"""Which of several runs on one pull request stay: by ancestry and its present head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tasks.core.context import SHORT

IsAncestor = Callable[[str, str], bool | None]
"""Whether the first commit is reachable from the second; None where one of them is not known."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A review that waits or runs; one that does not know its head yet ("") ends nobody."""

    run: str
    head: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that is not to go on, and ``by`` which head."""

    run: str
    by: str

    def __str__(self) -> str:
        """Say why, as people read it in Prefect."""
        return f"superseded by {self.by[:SHORT]}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of me, None where I go on, and whom I am to cancel."""

    mine: Ending | None = None
    others: tuple[Ending, ...] = ()


def superseded(
    mine: LiveRun, others: Iterable[LiveRun], current: str, is_ancestor: IsAncestor
) -> Decision:
    """Return which runs end, me or others, whatever order they came in.

    ``current`` is the pull request's head as GitHub says it now, "" where it is not known.
    Of one run (A) this is what becomes, by the first line that fits:

    | A's head                                         | A                                  |
    |--------------------------------------------------|------------------------------------|
    | is current                                       | stays                              |
    | is an ancestor of current                        | superseded by current              |
    | descends from current: GitHub may lag behind     | as if current were not known       |
    | not known here: it may be newer than we are      | as if current were not known       |
    | neither, and a run is on current: a force push   | superseded by current              |
    | neither, and no run is on current                | as if current were not known       |
    | current not known; an ancestor of another's head | superseded by that head            |
    | current not known; not an ancestor of any        | stays                              |

    Runs on the same head all stay: one may be dead and not known to be, and what one has said
    another does not say again. Who ends cancels nobody. All who ask the same get the same
    answer, so no two runs end each other, and the one on current is never lost.
    """
    runs = (mine, *others)
    ending = _ending(mine, runs, current, is_ancestor)
    if ending:
        return Decision(mine=ending)
    ends = (_ending(run, runs, current, is_ancestor) for run in runs if run.run != mine.run)
    return Decision(others=tuple(end for end in ends if end))


def _ending(
    run: LiveRun, runs: Sequence[LiveRun], current: str, is_ancestor: IsAncestor
) -> Ending | None:
    if not run.head:
        return None
    heads = [other.head for other in runs if other.head]
    newer = _newer(run.head, heads, current, is_ancestor)
    return Ending(run.run, by=newer) if newer else None


def _newer(head: str, heads: Sequence[str], current: str, is_ancestor: IsAncestor) -> str:
    """Return the head that takes this one's place, or ""."""
    if head == current:
        return ""
    if current and is_ancestor(head, current):
        return current
    if current in heads and is_ancestor(current, head) is False:
        return current
    newest = ""
    for other in heads:
        if other != head and is_ancestor(newest or head, other):
            newest = other
    return newest
