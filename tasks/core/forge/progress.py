"""How far the review of a head is, as its check run shows it, or else a commit status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tasks.core.context import SHORT
from tasks.core.forge.about import Run, Trouble
from tasks.core.forge.check import STATES, description
from tasks.core.forge.conversation import Conversation, PostedCheck, PostedStatus
from tasks.core.forge.markers import check_id
from tasks.core.forge.writes import (
    BATCH,
    Annotation,
    CheckOutput,
    Conclusion,
    CreateCheck,
    Right,
    SetStatus,
    UpdateCheck,
)

Stage = Literal["queued", "in_progress"]
Shown = tuple[CreateCheck | UpdateCheck | SetStatus, ...]

COMPLETED = "completed"
STAGES = {"queued": "Waiting for its turn", "in_progress": "Looking at the change"}

NO_VERDICT = frozenset({Conclusion.NEUTRAL, Conclusion.SKIPPED})
"""A check run that ended so has said nothing about its head: the next one is no repetition."""


@dataclass(frozen=True, slots=True)
class End:
    """How a review of a head ended."""

    output: CheckOutput
    conclusion: Conclusion
    annotations: tuple[Annotation, ...] = ()


def begun(
    conversation: Conversation, run: Run, stage: Stage, trouble: Trouble, *, again: bool
) -> Shown:
    """Return how to show that the head waits, or is looked at; never a step back.

    GitHub begins no completed check run again, so there is a new one:
    https://github.com/lyft/atlantis/pull/265
    """
    head = conversation.context.head_sha
    words = STAGES[stage]
    if Right.CHECKS in trouble.forbidden:
        known = _status(conversation, run)
        said = known.description if known else ""
        if said in {words, STAGES["in_progress"]} or (known and _is_final(known) and not again):
            return ()
        return (SetStatus(head, run.policy.say.check, "pending", words, run.run_url),)
    output = CheckOutput(words, f"{words}: `{head[:SHORT]}`.")
    newest = _newest(conversation, head)
    if newest is None or (newest.status == COMPLETED and (again or _says_nothing(newest))):
        return (_create(conversation, run, head, stage, output),)
    if newest.status == "queued" and stage == "in_progress":
        return (UpdateCheck(newest.number, stage, output, details_url=run.run_url),)
    return ()


def is_over(conversation: Conversation, run: Run, head: str, trouble: Trouble) -> bool:
    """Return whether the review of this head is shown as ended."""
    if Right.CHECKS in trouble.forbidden:
        known = _status(conversation, run)
        return known is not None and _is_final(known)
    newest = _newest(conversation, head)
    return newest is not None and newest.status == COMPLETED


def is_shown(conversation: Conversation, run: Run, head: str, trouble: Trouble) -> bool:
    """Return whether anything shows that this head is, or was, to be reviewed."""
    if Right.CHECKS in trouble.forbidden:
        return _status(conversation, run) is not None
    return _newest(conversation, head) is not None


def ended(conversation: Conversation, run: Run, head: str, end: End, trouble: Trouble) -> Shown:
    """Return what is missing until everybody sees how the review of this head ended.

    Annotations come in batches; of those that GitHub has, only the number is known. The
    last batch completes the check run. One that is completed and says the same is left alone.
    """
    if Right.CHECKS in trouble.forbidden:
        return _told_by_status(conversation, run, head, end)
    newest = _newest(conversation, head)
    if newest is None:
        return _told_at_once(conversation, run, head, end)
    left = end.annotations[newest.annotations :]
    same = newest.status == COMPLETED and (newest.conclusion, newest.title) == (
        end.conclusion,
        end.output.title,
    )
    rest = () if same and not left else _updates(newest, run, end, left)
    # Two workers that have not seen each other made two: GitHub shows the newer one.
    doubles = [c for c in _of(conversation, head) if c is not newest and c.status != COMPLETED]
    return (*(write for double in doubles for write in _updates(double, run, end, ())), *rest)


def created(conversation: Conversation, write: CreateCheck, number: int) -> Conversation:
    """Return the conversation with the check run that was just created under this number."""
    check = PostedCheck(
        number=number,
        head=write.head,
        status=write.status,
        external_id=write.external_id,
        conclusion=write.conclusion.value if write.conclusion else "",
        annotations=len(write.annotations),
        title=write.output.title,
    )
    return replace(conversation, checks=(*conversation.checks, check))


def _told_by_status(conversation: Conversation, run: Run, head: str, end: End) -> Shown:
    name, state = run.policy.say.check, STATES[end.conclusion]
    words = description(end.output.title)
    if _status(conversation, run) == PostedStatus(name, state, words):
        return ()
    return (SetStatus(head, name, state, words, run.run_url),)


def _told_at_once(conversation: Conversation, run: Run, head: str, end: End) -> Shown:
    """Return the check run as a whole; more annotations than one request takes come after it."""
    first, *more = _batches(end.annotations)
    if not more:
        return (_create(conversation, run, head, COMPLETED, end.output, first, end.conclusion),)
    fresh = PostedCheck(number=0, head=head, status="in_progress")
    return (
        _create(conversation, run, head, fresh.status, end.output, first),
        *_updates(fresh, run, end, end.annotations[len(first) :]),
    )


def _create(
    conversation: Conversation,
    run: Run,
    head: str,
    status: str,
    output: CheckOutput,
    annotations: tuple[Annotation, ...] = (),
    conclusion: Conclusion | None = None,
) -> CreateCheck:
    return CreateCheck(
        head=head,
        name=run.policy.say.check,
        external_id=check_id(conversation.context.pr_number or 0, head),
        status=status,
        output=output,
        conclusion=conclusion,
        annotations=annotations,
        details_url=run.run_url,
    )


def _updates(
    check: PostedCheck, run: Run, end: End, left: tuple[Annotation, ...]
) -> tuple[UpdateCheck, ...]:
    """Return the requests that add what is left, of which the last one completes it."""
    *first, last = _batches(left)
    over = check.status == COMPLETED  # it cannot go back to being in progress
    status, conclusion = (COMPLETED, end.conclusion) if over else ("in_progress", None)
    return (
        *(
            UpdateCheck(check.number, status, end.output, conclusion, batch, run.run_url)
            for batch in first
        ),
        UpdateCheck(check.number, COMPLETED, end.output, end.conclusion, last, run.run_url),
    )


def _batches(annotations: tuple[Annotation, ...]) -> Sequence[tuple[Annotation, ...]]:
    """Return them in pieces that one request takes; at least one, if an empty one."""
    starts = range(0, max(1, len(annotations)), BATCH)
    return [annotations[start : start + BATCH] for start in starts]


def _of(conversation: Conversation, head: str) -> list[PostedCheck]:
    known = check_id(conversation.context.pr_number or 0, head)
    return [check for check in conversation.checks if check.external_id == known]


def _newest(conversation: Conversation, head: str) -> PostedCheck | None:
    return max(_of(conversation, head), key=lambda check: check.number, default=None)


def _says_nothing(check: PostedCheck) -> bool:
    return check.conclusion in NO_VERDICT


def _status(conversation: Conversation, run: Run) -> PostedStatus | None:
    """Return the status of our name; of several, GitHub gives the newest first."""
    name = run.policy.say.check
    return next((status for status in conversation.statuses if status.context == name), None)


def _is_final(status: PostedStatus) -> bool:
    return status.state != "pending"
