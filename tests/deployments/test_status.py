"""``review status`` as a user runs it, of a service whose runs the test makes."""

from __future__ import annotations

import json

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled, Completed, Failed, Running
from prometheus_client.parser import text_string_to_metric_families

from deployments.command.service_parser import QUEUES as SAID
from deployments.server import Server
from flows.reconcile import reconcile
from tasks.core.queueing import marks
from tasks.core.queueing.queues import POOL, QUEUES
from tests.deployments.in_pool import acting

HOSTILE = "\x1b[31mworker\nfake"


def table(text, title):
    """Return the rows of a table by their first cell, of those that begin with a title."""
    _, _, below = text.partition(f"\n{title}")
    _, *lines = below.partition("\n\n")[0].splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines}


def test_every_queue_can_be_said():
    assert tuple(QUEUES.values()) == SAID


@pytest.mark.parametrize("what", [["status"], ["submit", "acme/shop#1"]])
def test_without_a_server_it_says_so_and_starts_none(review, tmp_path, what):
    home = tmp_path / "home"
    done = review(*what, REVIEW_HOME=str(home))

    assert (done.returncode, done.stdout) == (2, "")
    assert f"no Prefect server runs in {home}" in done.stderr
    assert not home.exists()


def test_an_empty_service_without_anybody_says_that_and_no_rates(data, review):
    async def nothing(pool):
        pass

    acting(data, nothing, slots=4)
    done = review("status")

    assert done.returncode == 1, done.stderr
    assert "slots:       0 of 4 taken; 0 reviews wait\n" in done.stdout
    assert "none: nobody gives slots" in done.stdout
    assert table(done.stdout, "now") == {name: ["0", "0", "-"] for name in (*SAID, "all")}
    (all_,) = (row for name, row in table(done.stdout, "last").items() if name == "all")
    assert all_ == ["0", "0.0", "-", "-", "-", "-", "0"]


@pytest.fixture(scope="module")
def busy(data):
    """A service at work: two run, one of them once preempted; four have ended; three wait."""

    async def fill(pool):
        await pool.submit(*(f"a/{number} high" for number in range(1, 5)))
        for number, end in enumerate((Completed(), Completed(), Failed(), Cancelled()), start=1):
            await pool.begin(pool.runs[f"a/{number}"], pulse=True)
            await pool.set(f"a/{number}", end)
        await pool.client.update_flow_run_labels(pool.runs["a/3"], {marks.ATTEMPT: 3})
        await pool.submit("b/1 low", "b/2", "c/1", "c/2", "c/3")
        for name in ("b/1", "b/2"):
            await pool.begin(pool.runs[name], pulse=True)
        await pool.client.update_flow_run_labels(pool.runs["b/1"], {marks.PREEMPTIONS: 1})
        await pool.client.send_worker_heartbeat(POOL, HOSTILE, 30)
        flow = await pool.client.create_flow(reconcile)
        run = await pool.client.create_flow_run(reconcile, state=Running())
        assert run.flow_id == flow
        return run.id

    leads = acting(data, fill, slots=4)
    yield
    with temporary_settings({PREFECT_API_URL: Server(data).url}), get_client(sync_client=True) as c:
        c.delete_flow_run(leads)


@pytest.mark.usefixtures("busy")
def test_a_service_at_work_shows_its_queues_and_who_works(review):
    done = review("status")

    assert done.returncode == 0, done.stderr
    assert "slots:       2 of 4 taken; 3 reviews wait\n" in done.stdout
    assert "workers:     1: \\x1b[31mworker\\nfake (last sign " in done.stdout
    assert "dispatcher:  alive (last sign " in done.stdout
    now, past = table(done.stdout, "now"), table(done.stdout, "last")
    assert {name: row[:2] for name, row in now.items()} == {
        "critical": ["0", "0"],
        "high": ["0", "0"],
        "normal": ["3", "1"],
        "low": ["0", "1"],
        "all": ["3", "2"],
    }
    assert past["high"][0] == "3"
    assert " ".join(past["high"][-7:]) == "67 % 33 % 33 % 0"
    assert past["low"][-1] == "1"
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.usefixtures("busy")
def test_json_and_prometheus_say_the_same(review):
    told = json.loads(review("status", "--format", "json").stdout)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(
            review("status", "--format", "prometheus").stdout
        )
        for sample in family.samples
    }
    high, every = told["queues"]["high"], told["queues"]["all"]

    assert (told["works"], told["slots"], told["slots_taken"]) == (True, 4, 2)
    assert (high["succeeded"], high["failed"], high["cancelled"]) == (2, 1, 1)
    assert (every["waiting"], every["active"], every["preempted"]) == (3, 2, 1)
    assert every["oldest_waiting_seconds"] >= 0
    assert high["average_wait_seconds"] >= 0
    assert found["review_queue_ended", "high", "failed"] == 1
    assert found["review_queue_waiting", "normal"] == 3
    assert found["review_worker_up", HOSTILE] == found["review_dispatcher_up",] == 1
    assert found["review_queue_success_ratio", "high"] == high["success_rate"]
