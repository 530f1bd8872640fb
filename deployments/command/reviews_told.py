"""How reviews are told on the command line: as a table, as a page, as JSON."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from prefect.client.schemas.objects import State, TaskRun

from deployments.command.table import age, table
from tasks.core.queueing.marks import PREEMPTED, QUEUED
from tasks.core.queueing.queues import QUEUES
from tasks.core.render.escape import name, one_line
from tasks.core.render.words import count, duration
from tasks.review_state import Review, word_of

SHORT = 8
"""Characters of an id that are shown; a few are enough to name a review by."""

WHY = 160
"""Characters of a reason that stand in a table."""

FOUND = re.compile(r"(\d+) findings")
"""What ``flows.runner`` says of a step that looked."""


def as_table(reviews: Sequence[Review]) -> str:
    """Return one line a review."""
    if not reviews:
        return "no such reviews\n"
    now = datetime.now(UTC)
    rows = [
        (
            str(review.run.id)[:SHORT],
            name(review.name),
            _urgency(review),
            review.state.status.value,
            _progress(review),
            age((now - review.since).total_seconds()),
            one_line(review.why, WHY),
        )
        for review in reviews
    ]
    return table(
        ("id", "review", "priority", "state", "steps", "since", "why"), rows, colour=3, prose=True
    )


def as_page(review: Review, states: Sequence[State[Any]], page: str) -> str:
    """Return everything that is known of a review."""
    facts = {
        "review": name(review.name),
        "id": str(review.run.id),
        "head": name(review.head),
        "priority": _urgency(review),
        "queue": review.queue,
        "again": review.attempts,
        "gave way": _gave_way(review, states),
        "state": _state(review),
        "waits": one_line(review.place.why) if review.place else "",
        "verdict": one_line(review.verdict),
        "page": page,
    }
    told = "".join(f"{key + ':':<10}{value}\n" for key, value in facts.items() if value)
    went = [
        (f"{at.timestamp:%Y-%m-%d %H:%M:%S}", word_of(at).value, name(at.name or ""), _message(at))
        for at in _history(states)
    ]
    parts = [told, table(("at (UTC)", "state", "in Prefect", "why"), went, colour=1, prose=True)]
    steps = [
        (name(row["name"]), row["started"][11:19], row["took"], one_line(row["answer"]))
        for row in _steps(review)
    ]
    if steps:
        parts.append(table(("step", "began", "took", "answer"), steps, prose=True))
    return "\n".join(parts)


def as_json(review: Review) -> dict[str, Any]:
    """Return a review for programs: our state of it, and what the server says beside."""
    return {
        "name": review.name,
        "head": review.head,
        "priority": review.priority,
        **review.state.model_dump(mode="json"),
        "prefect_state": review.word,
        "since": review.since.isoformat(),
        "why": review.why,
        "queue": review.queue,
        "attempt": review.attempt,
        "preempted": review.preempted,
        "position": review.place.of_all if review.place else None,
        "position_in_queue": review.place.in_queue if review.place else None,
    }


def as_whole_json(review: Review, states: Sequence[State[Any]], page: str) -> dict[str, Any]:
    """Return everything that is known of a review, for programs."""
    return {
        **as_json(review),
        "verdict": review.verdict,
        "page": page,
        "states": [
            {
                "at": at.timestamp.isoformat(),
                "status": word_of(at).value,
                "prefect_state": at.name,
                "message": at.message,
            }
            for at in states
        ],
        "steps": [
            {key: value for key, value in step.items() if key != "took"} for step in _steps(review)
        ],
    }


def _urgency(review: Review) -> str:
    """Return how urgent a review is in the words in which it is submitted."""
    words = {priority.label: queue for priority, queue in QUEUES.items()}
    return words.get(review.priority, name(review.priority))


def _state(review: Review) -> str:
    steps = f", {_progress(review)} steps" if review.state.total_steps else ""
    return f"{review.state.status}{steps}"


def _history(states: Sequence[State[Any]]) -> Iterator[State[Any]]:
    """Yield the states; of a wait, whose place is told again and again, one with the last."""
    for name_, some in itertools.groupby(states, key=lambda state: state.name):
        told = list(some)
        if name_ == QUEUED:
            yield told[0].model_copy(update={"message": told[-1].message})
        else:
            yield from told


def _progress(review: Review) -> str:
    state = review.state
    counted = f"{state.completed_steps}/{state.total_steps}" if state.total_steps else "-"
    return f"{counted} {name(state.current_step)}" if state.current_step else counted


def _gave_way(review: Review, states: Sequence[State[Any]]) -> str:
    """Say how often it was preempted, and by whom the last time."""
    if not review.preempted:
        return ""
    told = [_message(at) for at in states if at.name == PREEMPTED]
    last = f"; the last time: {told[-1]}" if told and told[-1] else ""
    return f"{count(review.preempted, 'time')}{last}"


def _message(state: State[Any]) -> str:
    return one_line(state.message or "")


def _steps(review: Review) -> Iterator[dict[str, Any]]:
    for step in review.steps:
        yield {
            "name": step.name,
            "answer": _answer(step),
            "started": step.start_time.isoformat() if step.start_time else "",
            "seconds": step.total_run_time.total_seconds(),
            "attempts": step.run_count,
            "took": duration(step.total_run_time.total_seconds()) if step.end_time else "",
        }


def _answer(step: TaskRun) -> str:
    """Return what a step said, as its state has it."""
    if step.state is None:
        return "unknown"
    message = step.state.message or ""
    words = {"DidNotLook": "did not look", "Cached": "kept from an earlier look"}
    if step.state.is_completed() and step.state.name not in words:
        found = FOUND.fullmatch(message)
        if not found:
            return message
        return count(int(found[1]), "finding") if int(found[1]) else "clean"
    word = words.get(step.state.name or "", (step.state.name or "").lower())
    return f"{word}: {message}" if message and step.state.name != "Cached" else word
