"""What ``review list`` and ``show`` say of reviews that wait, gave way, or were begun again."""

from __future__ import annotations

import json
import re

import pytest
from prefect.states import Crashed

from tasks.service.moves import send_back
from tests.deployments.in_pool import acting

LONG = "a-very-long-name-of-a-repository-that-nobody-can-remember"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def line(data):
    """One runs, one gave way to it, one is about to be begun again, three wait.

    Returns their ids.
    """

    async def fill(pool):
        await pool.submit("a/1 low", "a/2 low")
        assert len(await pool.work()) == 2
        await pool.submit(f"{LONG}/1", "b/1 high", "u/9 critical", f"{LONG}/2")
        await pool.dispatcher.tick()
        (victim,) = (name for name, state in (await pool.states()).items() if state == "Preempted")
        await pool.work()
        other = "a/1" if victim == "a/2" else "a/2"
        await pool.set(other, Crashed(message="killed by signal 9"))
        await send_back(pool.client, await pool.run(other))
        return {name: str(run) for name, run in pool.runs.items()} | {
            "victim": str(pool.runs[victim]),
            "again": str(pool.runs[other]),
        }

    return acting(data, fill)


def test_the_list_is_in_the_order_of_the_slots_and_says_why_each_waits(review, line, on_terminal):
    found = json.loads(review("list", "--format", "json", "--limit", "6").stdout)
    waits = [one for one in found if one["position"]]

    assert found[0]["workflow_id"] == line["u/9"]
    assert [one["position"] for one in waits] == [1, 2, 3, 4, 5]
    assert [one["workflow_id"] for one in waits] == [
        line[name] for name in ("b/1", f"{LONG}/1", f"{LONG}/2", "a/1", "a/2")
    ]
    assert waits[0]["why"] == "1st in the queue high: it gets the next free slot"
    assert waits[2]["why"] == (
        "2nd in the queue normal: 1 more urgent goes first, 1 older goes first"
    )
    assert (waits[2]["queue"], waits[2]["position_in_queue"]) == ("normal", 2)
    (paused,) = json.loads(review("list", "--format", "json", "--state", "paused").stdout)
    assert paused["workflow_id"] == line["victim"]

    # in 80 columns what a review has to say is below it
    status, said = on_terminal("list", "--limit", "6", COLUMNS="80")
    lines = [text.rstrip() for text in COLOUR.sub("", said.decode()).splitlines()]
    assert status == 0, said
    assert max(map(len, lines)) <= 80
    assert [text.split()[0] for text in lines if not text.startswith(" ")] == [
        "id",
        *(one["workflow_id"][:8] for one in found),
    ]
    assert "          1st in the queue high: it gets the next free slot" in lines


def test_who_gave_way_says_to_whom_and_where_it_stands_now(review, line):
    done = review("show", line["victim"])

    assert done.returncode == 0, done.stderr
    assert re.search(r"(?m)^gave way: 1 time; the last time: .*acme/u#9", done.stdout)
    assert re.search(r"(?m)^waits:    \w+ in the queue low: 3 more urgent go first", done.stdout)
    assert re.search(r"(?m)  paused +Preempted +.*acme/u#9", done.stdout)
    assert re.search(r"(?m)^queue:    low$", done.stdout)


def test_whose_process_died_says_which_attempt_comes(review, line):
    done = review("show", line["again"])

    assert "again:    attempt 2 of 3\n" in done.stdout
    assert "attempt 2 of 3: killed by signal 9" in done.stdout
    assert re.search(r"(?m)  retrying +AwaitingRetry +attempt 2 of 3", done.stdout)
    (found,) = json.loads(review("list", "--state", "retrying", "--format", "json").stdout)
    assert (found["workflow_id"], found["attempt"]) == (line["again"], 2)
    assert re.fullmatch(
        r"\w+ in the queue low: .*; attempt 2 of 3: killed by signal 9", found["why"]
    )
