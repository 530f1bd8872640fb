"""The page about the webhook is held to the code."""

from __future__ import annotations

import re

from deployments.service.webhook import PORT
from deployments.webhook import answer, dealing
from deployments.webhook.counting import Tally, inbox_text
from tasks.core.forge.orders import LEVELS, VERBS
from tasks.inbox import Counts
from tests.pages import ROOT, rows

PAGE = "docs/webhook.md"


def test_every_code_has_its_row():
    told = {int(code) for row in rows(PAGE, "Answers") for code in re.findall(r"\d+", row["code"])}
    assert told == {202, 404, 405, *answer.WORDS}
    assert {row["status"].strip("`") for row in rows(PAGE, "Answers")} == {
        answer.ACCEPTED,
        answer.KNOWN,
        answer.IGNORED,
        answer.REFUSED,
    }


def test_every_metric_of_ours_has_its_row():
    text = Tally().text() + inbox_text(Counts(0, 0, None), 0)
    ours = {*re.findall(r"(?m)^# TYPE (\w+)", text), "review_webhook_dealt_total"}
    said = " ".join(row["metric"] for row in rows(PAGE, "Watching it") if "metric" in row)
    assert set(re.findall(r"review_webhook_\w+", said)) == ours
    (row,) = [row for row in rows(PAGE, "Watching it") if "dealt_total" in row.get("metric", "")]
    outcomes = {dealing.DEALT, dealing.OUTDATED, dealing.REFUSED, dealing.GIVEN_UP, dealing.LATER}
    assert {*re.findall(r"`(\w+)`", row[""])} == outcomes


def test_every_order_and_the_port_are_told():
    orders = " ".join(row["order"] for row in rows(PAGE, "Orders in comments"))
    assert all(word in orders for word in {*VERBS, *LEVELS} - {"", "medium"})
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert str(PORT) in page
    assert f"({dealing.SIDE_BY_SIDE} at once)" in page
    assert f"tried {dealing.MOST_TRIES} times" in page
