"""The text is one that Prometheus's own parser reads, and it says what the status says."""

from __future__ import annotations

import re
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from tasks.core.plan import TaskPriority
from tasks.core.queue_metrics import DAY, Ended, Outcome, by_queue
from tasks.core.service_prometheus import as_prometheus
from tasks.core.service_status import ServiceStatus, Sign

NOW = 1_000_000.5
HOSTILE = 'a"}\n\\{evil} 1'

IDLE = ServiceStatus(slots=4, queues=by_queue((), (), (), {}, now=NOW, window=DAY), window=DAY)


def read(status):
    """Return every sample by its metric and its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(as_prometheus(status, NOW))
        for sample in family.samples
    }


def test_a_service_that_does_nothing_has_its_counts_and_no_averages():
    found = read(IDLE)

    assert found["review_slots",] == 4
    assert found["review_slots_taken",] == found["review_dispatcher_up",] == 0
    assert found["review_window_seconds",] == DAY
    assert found["review_queue_waiting", "low"] == 0
    assert not [name for name, *_ in found if name.endswith(("_ratio", "_average_seconds"))]


def test_a_queues_past_is_in_base_units():
    most = TaskPriority.CRITICAL
    past = Ended(priority=most, outcome=Outcome.FAILED, waited=1.5, worked=20)
    status = ServiceStatus(
        slots=4,
        queues=by_queue((), (), (past,), {most: 1}, now=NOW, window=7200),
        window=7200,
        stopped=("low",),
    )
    found = read(status)

    assert found["review_queue_throughput_per_second", "critical"] == 1 / 7200
    assert found["review_queue_wait_average_seconds", "critical"] == 1.5
    assert found["review_queue_run_average_seconds", "critical"] == 20
    assert found["review_queue_failure_ratio", "critical"] == 1
    assert found["review_queue_ended", "critical", "failed"] == 1
    assert found["review_queue_preempted", "critical"] == 1
    assert (found["review_queue_paused", "low"], found["review_queue_paused", "high"]) == (1, 0)
    assert ("review_queue_waiting", "all") not in found


def test_who_lives_is_up_and_a_name_cannot_break_out_of_its_label():
    workers = (Sign(HOSTILE, alive=True, ago=2.5), Sign("gone", alive=False, ago=None))
    status = ServiceStatus(
        slots=4,
        queues=IDLE.queues,
        window=DAY,
        workers=workers,
        dispatchers=(Sign("old", alive=False, ago=90.0), Sign("new", alive=True, ago=1.0)),
    )
    found = read(status)

    assert found["review_worker_up", HOSTILE] == 1
    assert found["review_worker_up", "gone"] == 0
    assert found["review_worker_last_heartbeat_timestamp_seconds", HOSTILE] == NOW - 2.5
    assert ("review_worker_last_heartbeat_timestamp_seconds", "gone") not in found
    assert found["review_dispatcher_up",] == 1
    assert (status.dispatcher.name, status.workers_alive, status.taken) == ("new", 1, 0)


def test_names_are_as_prometheus_wants_them():
    for family in text_string_to_metric_families(as_prometheus(IDLE, NOW)):
        assert re.fullmatch(r"review_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))  # of other types


def test_reviews_are_made_only_where_somebody_works_and_somebody_gives_slots():
    worker, dispatcher = Sign("w", alive=True, ago=1.0), Sign("d", alive=True, ago=1.0)
    both = replace(IDLE, workers=(worker,), dispatchers=(dispatcher,))

    assert not IDLE.works
    assert not replace(both, workers=(replace(worker, alive=False),)).works
    assert not replace(both, dispatchers=()).works
    assert both.works
