"""Whether the service has taken a head before: what became of that run is for people to judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tasks.core.forge.open_pull import OpenPull

DRAFT, CLOSED = "it is a draft", "the pull request is closed"
"""How reasons begin that pass: ``tasks.core.forge.admission`` gives them."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A review of ours, whatever became of it.

    ``pull`` is the lower-case name of its pull request; ``key`` the one it was submitted under,
    if any; ``head`` what it read, empty where it never began; ``ended`` None while it lives.
    ``of_service`` says that a worker runs it and that it speaks on GitHub; ``passed`` that it
    ended without an answer and not because somebody wanted that; ``why_not`` why it found that
    nothing was to be reviewed.
    """

    run: str
    pull: str
    key: str = ""
    head: str = ""
    ended: datetime | None = None
    of_service: bool = True
    passed: bool = False
    why_not: str = ""


def has_passed(why_not: str, *, draft: bool) -> bool:
    """Return whether a pull request was not reviewed for what is so no more.

    It is open, and a draft or not. The policy's other reasons are not looked at: a push or a
    person asks anew.
    """
    return why_not.startswith(CLOSED) or (why_not.startswith(DRAFT) and not draft)


def was_taken(pull: OpenPull, runs: Iterable[EarlierRun]) -> bool:
    """Return whether a run of the service was for this head, and so for nobody else to try again.

    Of a run of its pull request that is what it says, by the first line that fits:

    | the run                                                  | is for this head  |
    |----------------------------------------------------------|-------------------|
    | is somebody's own, not the service's, or says nothing    | no                |
    | was superseded, moved, or ended because of the closing   | no                |
    | had nothing to review: a draft then, and not now         | no                |
    | has read a head                                          | if it is this one |
    | was submitted for a head, or in the place of such a run  | if it is this one |
    | never began, and the pull request was not touched since  | yes               |
    | waits, or never began: for whatever head there is then   | no                |
    """
    known = [run for run in runs if run.pull == pull.name.lower()]
    chain = {run.run for run in _chain(pull, known)}
    return any(_is_for(pull, run, run.run in chain) for run in known)


def _is_for(pull: OpenPull, run: EarlierRun, submitted: bool) -> bool:  # noqa: FBT001
    if not run.of_service or run.passed or has_passed(run.why_not, draft=pull.draft):
        return False
    if run.head or submitted:
        return not run.head or run.head == pull.head
    return not run.key and run.ended is not None and run.ended >= pull.updated


def key_of(pull: OpenPull, runs: Iterable[EarlierRun]) -> str:
    """Return the key to submit a head under that was not taken: once, whoever tells us of it.

    It is the one of the head, or of the place of the last run that had it to no end.
    """
    chain = _chain(pull, runs)
    return key_after(chain[-1].run) if chain else pull.key


def key_after(run: str) -> str:
    """Return the key of what takes the place of a run, as the webhook submits it."""
    return f"after:{run}"


def _chain(pull: OpenPull, runs: Iterable[EarlierRun]) -> tuple[EarlierRun, ...]:
    """Return the run of the head's key, the one in its place, the one in that one's place, ..."""
    by_key = {run.key: run for run in runs if run.key}
    key, chain = pull.key, []
    while run := by_key.pop(key, None):
        chain.append(run)
        key = key_after(run.run)
    return tuple(chain)
