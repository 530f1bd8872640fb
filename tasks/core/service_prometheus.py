"""The status of the service as Prometheus reads it: text, one line a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.core.service_status import ServiceStatus

PREFIX = "review"
"""What begins the name of every metric."""

Sample = tuple[Mapping[str, str], float | None]
"""Labels, and a value; None where it is not known."""

OF_A_QUEUE: Mapping[str, tuple[str, str, float]] = {
    "waiting": ("queue_waiting", "Reviews that wait for a slot.", 1.0),
    "active": ("queue_active", "Reviews that have a slot.", 1.0),
    "oldest_waiting_seconds": (
        "queue_oldest_waiting_seconds",
        "How long the review that was submitted first has waited.",
        1.0,
    ),
    "average_wait_seconds": (
        "queue_wait_average_seconds",
        "From submitted to the first slot, on average over what has ended of late.",
        1.0,
    ),
    "average_run_seconds": (
        "queue_run_average_seconds",
        "How long a review had a slot, on average over what has ended of late.",
        1.0,
    ),
    "per_hour": ("queue_throughput_per_second", "Reviews that ended, a second.", 1 / 3600),
    "success_rate": ("queue_success_ratio", "The share of reviews with a verdict.", 1.0),
    "failure_rate": ("queue_failure_ratio", "The share of reviews that failed.", 1.0),
    "retry_rate": ("queue_retry_ratio", "The share of reviews that were begun again.", 1.0),
    "preempted": ("queue_preempted", "How often a review of late gave way to a critical one.", 1.0),
}
"""Every figure of a queue: its metric, what it says, and how many base units it is in.

Gauges, for the past is that of a sliding day. Names as in
https://prometheus.io/docs/practices/naming/
"""

OUTCOMES = ("succeeded", "failed", "cancelled")


def as_prometheus(status: ServiceStatus, now: float) -> str:
    """Return the status in Prometheus's text format, version 0.0.4; ``now`` is a Unix time.

    https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    queues = status.queues[:-1]  # a sum of them is the reader's
    parts = [
        _metric(
            name, told, [({"queue": one.queue}, _times(one.figures()[key], unit)) for one in queues]
        )
        for key, (name, told, unit) in OF_A_QUEUE.items()
    ]
    parts += [
        _metric(
            "queue_ended",
            "Reviews that have ended of late, by how.",
            [
                ({"queue": one.queue, "outcome": outcome}, one.figures()[outcome])
                for one in queues
                for outcome in OUTCOMES
            ],
        ),
        _metric(
            "queue_paused",
            "Whether somebody has paused the queue.",
            [({"queue": one.queue}, float(one.queue in status.stopped)) for one in queues],
        ),
        _metric("window_seconds", "How far back 'of late' reaches.", [({}, status.window)]),
        _metric("slots", "How many reviews may run at once.", [({}, float(status.slots))]),
        _metric("slots_taken", "How many reviews run.", [({}, float(status.taken))]),
        _metric(
            "dispatcher_up",
            "Whether somebody decides whose turn it is.",
            [({}, float(status.dispatcher is not None))],
        ),
        _metric(
            "worker_up",
            "Whether the worker gives signs of life.",
            [({"worker": one.name}, float(one.alive)) for one in status.workers],
        ),
        _metric(
            "worker_last_heartbeat_timestamp_seconds",
            "When the worker gave its last sign of life.",
            [
                ({"worker": one.name}, None if one.ago is None else now - one.ago)
                for one in status.workers
            ],
        ),
    ]
    return "".join(parts)


def _times(value: float | None, unit: float) -> float | None:
    return None if value is None else value * unit


def _metric(name: str, told: str, samples: Sequence[Sample]) -> str:
    """Return a metric with its samples; what is not known has none."""
    whole = f"{PREFIX}_{name}"
    lines = [f"# HELP {whole} {told}", f"# TYPE {whole} gauge"]
    lines += [
        f"{whole}{_labels(labels)} {float(value)!r}"
        for labels, value in samples
        if value is not None
    ]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
