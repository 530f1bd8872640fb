"""Counts what was answered, as Prometheus reads it.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from deployments.webhook.answer import Answer
from tasks.inbox import Counts

PREFIX = "review_webhook"
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; GitHub gives up after ten."""


class Tally:
    """What was answered since the process began."""

    def __init__(self) -> None:
        self._deliveries: Counter[tuple[str, str]] = Counter()
        self._answers: Counter[int] = Counter()
        self._slots = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, answer: Answer, seconds: float) -> None:
        """Count an answer to a delivery; the event is known only of what GitHub has signed."""
        self._deliveries[answer.event, answer.outcome] += 1
        self._slots[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def count_status(self, status: int) -> None:
        """Count an answer to any request."""
        self._answers[status] += 1

    def text(self) -> str:
        """Return it in Prometheus's text format."""
        sums = list(accumulate(self._slots))
        bounds = [*(f"{bound!r}" for bound in BOUNDS), "+Inf"]
        name = f"{PREFIX}_answer_seconds"
        lines = [
            *metric(
                "deliveries_total",
                "Deliveries, by event and outcome.",
                [
                    ({"event": event, "outcome": outcome}, float(number))
                    for (event, outcome), number in sorted(self._deliveries.items())
                ],
                kind="counter",
            ),
            *metric(
                "answers_total",
                "Answers to whatever was asked, by status.",
                [({"status": str(key)}, float(n)) for key, n in sorted(self._answers.items())],
                kind="counter",
            ),
            f"# HELP {name} From a delivery's headers to its answer.",
            f"# TYPE {name} histogram",
            *(
                f'{name}_bucket{{le="{bound}"}} {number}'
                for bound, number in zip(bounds, sums, strict=True)
            ),
            f"{name}_sum {self._seconds!r}",
            f"{name}_count {sums[-1]}",
        ]
        return "".join(f"{line}\n" for line in lines)


def inbox_text(counts: Counts, now: float) -> str:
    """Return what waits, in the same format; ``now`` is a Unix time."""
    age = 0.0 if counts.oldest is None else max(0.0, now - counts.oldest)
    lines = [
        *metric("inbox_waiting", "Deliveries not yet dealt with.", [({}, float(counts.waiting))]),
        *metric("inbox_tried", "Of these, tried before in vain.", [({}, float(counts.tried))]),
        *metric("inbox_oldest_age_seconds", "How long the oldest of them waits.", [({}, age)]),
    ]
    return "".join(f"{line}\n" for line in lines)


def metric(
    name: str,
    told: str,
    samples: Iterable[tuple[Mapping[str, str], float]],
    *,
    kind: str = "gauge",
) -> list[str]:
    """Return the lines of a metric; labels are of our own making, or checked to be plain."""
    whole = f"{PREFIX}_{name}"
    lines = [f"# HELP {whole} {told}", f"# TYPE {whole} {kind}"]
    for labels, value in samples:
        said = ",".join(f'{key}="{one}"' for key, one in labels.items())
        lines.append(f"{whole}{{{said}}} {value!r}" if said else f"{whole} {value!r}")
    return lines
