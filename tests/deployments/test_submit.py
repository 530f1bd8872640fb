"""``review submit`` as a user runs it; whoever executes the review is the test."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Cancelled, Completed, Crashed, Failed, Running

from deployments.command.following import exit_code
from deployments.server import Server
from flows.endings import NOT_REVIEWED, SUPERSEDED
from tasks.review_state import Review, state_of
from tasks.service.moves import send_back
from tasks.service.submit import submit
from tests.deployments.in_pool import acting, asking

DOCSTRING = '"""A shop."""\n'
OTHERS = ("security_scan", "config_validation", "performance_review", "test_coverage")
POLICY = f"steps: {{{', '.join(f'{name}: {{enabled: false}}' for name in OTHERS)}}}\n"


def told(text):
    """Return the facts that were printed, by their names."""
    return dict(re.findall(r"(?m)^(\w+): +(.*)$", text))


async def nothing(pool):
    """Do nothing in a pool that was emptied."""


@pytest.mark.parametrize(
    ("state", "verdict", "code"),
    [
        (Completed(), "passed: no findings", 0),
        (Completed(), "failed: 1 error", 1),
        (Completed(), "did not look: no findings; security_scan did not look", 3),
        (Completed(), "", 2),
        (Completed(name=NOT_REVIEWED), "", 0),
        (Cancelled(name=SUPERSEDED), "", 0),
        (Cancelled(), "passed: no findings", 2),
        (Failed(), "failed: 1 error", 2),
        (Crashed(), "", 2),
    ],
)
def test_the_exit_code_is_the_verdicts_and_2_where_there_is_none(
    state: State, verdict: str, code: int
):
    run = FlowRun(flow_id=uuid4(), state=state, name="run")
    assert exit_code(Review(run, state_of(run, ()), verdict=verdict)) == code


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["acme/shop"], "'acme/shop' is no pull request"),
        (["acme/shop#1", "--priority", "medium"], "invalid choice: 'medium'"),
        (["https://git.example/acme/shop/pull/1"], "is not where reviews are made"),
    ],
)
def test_what_cannot_be_submitted_is_one_line_and_exit_code_2(data, review, arguments, why):
    Server(data).ensure()
    done = review("submit", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_one_starts_at_once_and_one_that_finds_no_slot_says_where_it_waits(data, review):
    acting(data, nothing)
    first = told(review("submit", "https://github.com/acme/a/pull/1").stdout)

    async def fill(client):
        others = [await submit(client, "acme/b", number) for number in (1, 2, 3)]
        for run in (first["id"], *(other.id for other in others)):
            await client.set_flow_run_state(run, Running())

    asking(data, fill)
    second = told(review("submit", "acme/a#2", "--priority", "high").stdout)

    assert (first["review"], first["queue"], first["starts"]) == ("acme/a#1", "normal", "at once")
    assert (second["review"], second["queue"]) == ("acme/a#2", "high")
    assert second["waits"] == "1st in the queue high: it gets the next free slot"
    assert second["page"].endswith(f"/runs/flow-run/{second['id']}")


@pytest.fixture
def waits(data):
    """Start ``review submit --wait``; returns it, its facts, and what it says of the way."""
    started = []

    def start(pull, **environment):
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
        process = subprocess.Popen(
            [Path(sys.executable).parent / "review", "submit", pull, "--wait"],
            env={**kept, "REVIEW_HOME": str(data), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        heard = Heard(process.stderr)
        lines = []
        while not (lines and lines[-1].startswith("page:")):
            lines.append(process.stdout.readline())
            assert lines[-1], heard.text
        return process, told("".join(lines)), heard

    yield start
    for process in started:
        process.kill()
        process.wait()


class Heard:
    """What a program says, line by line, while it says it."""

    def __init__(self, stream):
        self.text = ""
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._listen, args=(stream,), daemon=True)
        self._thread.start()

    def _listen(self, stream):
        for line in stream:
            with self._more:
                self.text += line
                self._more.notify_all()

    def wait_for(self, text):
        with self._more:
            assert self._more.wait_for(lambda: text in self.text, 240), self.text


def test_who_waits_hears_of_a_crash_on_the_way_and_ends_with_the_verdict(
    data, waits, github, project, tmp_path
):
    project.commit({"app.py": DOCSTRING, ".review.yaml": POLICY})
    project.git("checkout", "-q", "-b", "feature")
    project.commit({"app.py": f"{DOCSTRING}\nanswer = halve({uuid4().int})\n"})
    name = f"acme/shop-{uuid4().hex[:8]}"
    github.add_repository(name, project.folder)
    pull = github.open_pull(name, head="feature")
    acting(data, nothing)
    process, facts, heard = waits(f"{name}#{pull.number}")

    async def crash(client):
        await client.set_flow_run_state(facts["id"], Running())
        await client.set_flow_run_state(facts["id"], Crashed(message="killed by signal 9"))

    async def again(client):
        await send_back(client, await client.read_flow_run(facts["id"]))

    asking(data, crash)
    heard.wait_for("failed: killed by signal 9\n")
    assert process.poll() is None
    asking(data, again)
    heard.wait_for("retrying: ")
    server = Server(data)
    subprocess.run(
        [sys.executable, "-m", "prefect", "flow-run", "execute", facts["id"]],
        env={
            **os.environ,
            **server.client_settings(),
            "REVIEW_HOME": str(data),
            "GITHUB_API_URL": github.api_url,
            "GITHUB_TOKEN": github.actions_token(name),
        },
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    said = process.stdout.read()

    assert process.wait(240) == 1, heard.text
    assert said.startswith(f"{name}#{pull.number}: failed: 1 error")
    assert "attempt 2 of 3: killed by signal 9" in heard.text
    assert len(pull.reviews) == 1


def test_ctrl_c_ends_the_waiting_and_not_the_review(data, waits):
    acting(data, nothing)
    process, facts, heard = waits("acme/a#1")
    heard.wait_for("pending")
    process.send_signal(signal.SIGINT)

    assert process.wait(240) == 130, heard.text
    heard.wait_for("the review goes on without you")

    async def state(client):
        return (await client.read_flow_run(facts["id"])).state

    assert asking(data, state).is_scheduled()


def test_who_waits_for_a_review_that_is_cancelled_hears_so(data, waits):
    acting(data, nothing)
    process, facts, heard = waits("acme/a#1")

    async def cancel(client):
        await client.set_flow_run_state(facts["id"], Cancelled(message="not now"))

    asking(data, cancel)

    assert process.wait(240) == 2, heard.text
    assert process.stdout.read() == "acme/a#1: not now\n"
