"""Which of several runs on one pull request stay: by ancestry and its present head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tasks.core.context import SHORT

IsAncestor = Callable[[str, str], bool | None]
"""Whether the first commit is reachable from the second; None where one of them is not known."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A review that waits or runs. ``order`` only tells apart runs on the same head.

    One that does not know its head yet ("") neither ends nor ends others.
    """

    run: str
    head: str
    order: float = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that is not to go on: ``by`` which head, or because a run does its work already."""

    run: str
    by: str = ""
    already: str = ""

    def __str__(self) -> str:
        """Say why, as people read it in a check run."""
        if self.by:
            return f"superseded by {self.by[:SHORT]}"
        return f"already reviewed by {self.already}"


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

    Of those that stay on the same head the one with the smallest ``order`` does, then by its id;
    the others are told which. Who ends cancels nobody. All who ask the same get the same
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
    if newer:
        return Ending(run.run, by=newer)
    first = min((r for r in runs if r.head == run.head), key=lambda r: (r.order, r.run))
    return None if first.run == run.run else Ending(run.run, already=first.run)


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
