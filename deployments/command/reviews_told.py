"""How reviews are told on the command line: as a table, as a page, as JSON."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from prefect.client.schemas.objects import State, TaskRun

from tasks.core.render.escape import name, one_line
from tasks.core.render.words import count, duration
from tasks.core.state import WorkflowStatus
from tasks.review_state import Review, word_of

SHORT = 8
"""Characters of an id that are shown; a few are enough to name a review by."""

WHY = 100
"""Characters of a reason that stand in a table."""

COLOURS: Mapping[WorkflowStatus, str] = {
    WorkflowStatus.IN_PROGRESS: "cyan",
    WorkflowStatus.PAUSED: "yellow",
    WorkflowStatus.RETRYING: "yellow",
    WorkflowStatus.COMPLETED: "green",
    WorkflowStatus.FAILED: "red",
    WorkflowStatus.CANCELLED: "dim",
}

FOUND = re.compile(r"(\d+) findings")
"""What ``flows.runner`` says of a step that looked."""

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def as_table(reviews: Sequence[Review]) -> str:
    """Return one line a review."""
    if not reviews:
        return "no such reviews\n"
    now = datetime.now(UTC)
    rows = [
        (
            str(review.run.id)[:SHORT],
            name(review.name),
            name(review.priority),
            review.state.status.value,
            _progress(review),
            age((now - review.since).total_seconds()),
            one_line(review.why, WHY),
        )
        for review in reviews
    ]
    return _table(("id", "review", "priority", "state", "steps", "since", "why"), rows, colour=3)


def as_page(review: Review, states: Sequence[State[Any]], page: str) -> str:
    """Return everything that is known of a review."""
    facts = {
        "review": name(review.name),
        "id": str(review.run.id),
        "head": name(review.head),
        "priority": name(review.priority),
        "state": f"{review.state.status}, {_progress(review)} steps",
        "verdict": one_line(review.verdict),
        "page": page,
    }
    told = "".join(f"{key + ':':<10}{value}\n" for key, value in facts.items() if value)
    went = [
        (f"{at.timestamp:%Y-%m-%d %H:%M:%S}", word_of(at).value, name(at.name or ""), _message(at))
        for at in states
    ]
    parts = [told, _table(("at (UTC)", "state", "in Prefect", "why"), went, colour=1)]
    steps = [
        (name(row["name"]), one_line(row["answer"]), row["started"][11:19], row["took"])
        for row in _steps(review)
    ]
    if steps:
        parts.append(_table(("step", "answer", "began", "took"), steps))
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


def age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit: ``3 min``."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return "now"


def _progress(review: Review) -> str:
    state = review.state
    counted = f"{state.completed_steps}/{state.total_steps}" if state.total_steps else "-"
    return f"{counted} {name(state.current_step)}" if state.current_step else counted


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


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], colour: int = -1) -> str:
    """Return rows below their header, in colour on a terminal; ``colour`` is a state's column."""
    if sys.stdout.isatty():
        return _rich(header, rows, colour)
    lines = [tuple(header), *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )


def _rich(header: Sequence[str], rows: Sequence[Sequence[str]], colour: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        table.add_column(title)
    for row in rows:
        cells = [Text(cell) for cell in row]
        if colour >= 0:
            cells[colour].stylize(COLOURS.get(WorkflowStatus(row[colour]), ""))
        table.add_row(*cells)
    written = io.StringIO()
    Console(file=written, force_terminal=True, width=Console().width).print(table)
    return written.getvalue()
