"""What is counted is read by Prometheus's own parser."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from deployments.webhook.answer import ACCEPTED, IGNORED, Answer, refused
from deployments.webhook.counting import Tally, inbox_text
from tasks.inbox import Counts


def read(text):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_nothing_was_counted_yet():
    found = read(Tally().text())
    assert found["review_webhook_answer_seconds_count",] == 0
    assert not any("deliveries" in name for name, *_ in found)


def test_answers_are_counted_by_event_outcome_status_and_time():
    tally = Tally()
    tally.count(Answer(202, ACCEPTED, "", "pull_request"), 0.001)
    tally.count(Answer(202, IGNORED, "", "push"), 0.03)
    tally.count(refused(401, "not signed"), 100)
    tally.count_status(202)
    found = read(tally.text())

    assert found["review_webhook_deliveries_total", "pull_request", "accepted"] == 1
    assert found["review_webhook_deliveries_total", "push", "ignored"] == 1
    assert found["review_webhook_deliveries_total", "", "unsigned"] == 1
    assert found["review_webhook_answers_total", "202"] == 1
    bucket = "review_webhook_answer_seconds_bucket"
    assert [found[bucket, le] for le in ("0.001", "0.025", "0.05", "10.0", "+Inf")] == [
        1,
        1,
        2,
        2,
        3,
    ]
    assert found["review_webhook_answer_seconds_count",] == 3
    assert found["review_webhook_answer_seconds_sum",] == 100.031


def test_the_age_of_the_oldest_is_none_where_nothing_waits():
    assert read(inbox_text(Counts(0, 0, None), 50))["review_webhook_inbox_oldest_age_seconds",] == 0
    found = read(inbox_text(Counts(3, 1, 40), 50))
    assert found["review_webhook_inbox_waiting",] == 3
    assert found["review_webhook_inbox_tried",] == 1
    assert found["review_webhook_inbox_oldest_age_seconds",] == 10
