"""What is killed in the middle of its work, on one machine, loses nothing and says nothing twice.

Each review is in the middle of a test that lasts. Then, at once: the process of one is killed,
that of another is stopped, and so die their worker, their warm parent and the server.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from prefect.client.schemas.objects import StateType

from deployments.server import healthy
from tasks.core.queueing.marks import ATTEMPT
from tasks.service.submit import submit
from tests.deployments.warm.driver import wait_until
from tests.flows.shop import BASE, BROKEN, SLOW

PATIENCE = 300
NAMES = ("killed", "stopped", "spared")
POLICY = {
    "tests": {"sandbox": "none", "python": sys.executable},
    "limits": {"memory_intensive": 3},  # so many tests at once
}
LASTS = SLOW.replace("range(1200)", "range(6000)")
assert LASTS != SLOW


def ancestors(pid: int) -> list[int]:
    """The processes above one, the nearest first."""
    found = []
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        found.append(pid)
    return found


def is_warm(pid: int) -> bool:
    """Whether it is a warm parent, or forked from one."""
    try:
        return b"deployments.warm.parent" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.fixture
def shops(github, make_repo, tmp_path):
    """Repositories whose pull requests have a test that lasts until it is told to end."""
    found = {}
    for name in NAMES:
        folder = tmp_path / f"signs-{name}"
        folder.mkdir()
        project = make_repo(name)
        project.commit(BASE)
        project.git("checkout", "-q", "-b", "feature")
        project.commit({**BROKEN, "tests/test_slow.py": LASTS.format(folder=str(folder))})
        github.add_repository(f"acme/{name}", project.folder)
        pull = github.open_pull(f"acme/{name}", head="feature")
        found[name] = (folder, pull)
    return found


def test_every_review_ends_and_is_said_once(service, shops, github):
    names = {"GITHUB_API_URL": github.api_url, "GITHUB_TOKEN": github.token("ci-bot")}
    service.review("up", "--detach", "--slots", "3", **names)

    async def submit_all(client):
        how = {"policy": POLICY, "only": ["code_quality", "test_coverage"]}
        return [await submit(client, f"acme/{name}", 1, parameters=how) for name in NAMES]

    runs = dict(zip(NAMES, service.ask(submit_all), strict=True))

    process, warm = {}, set()
    for name, (folder, _) in shops.items():
        wait_until((folder / "pid").exists, PATIENCE)
        child, parent = [n for n in ancestors(int((folder / "pid").read_text())) if is_warm(n)][:2]
        process[name] = child
        warm.add(parent)
    server, url = service.server.running(), service.server.url
    (_, worker), *_ = service.state.workers

    os.kill(process["stopped"], signal.SIGSTOP)
    os.kill(worker.pid, signal.SIGKILL)
    os.kill(process["killed"], signal.SIGKILL)
    for parent in warm:
        os.kill(parent, signal.SIGKILL)
    os.kill(server.pid, signal.SIGKILL)
    for folder, _ in shops.values():
        (folder / "go").touch()

    def states():
        return service.ask(
            lambda client: gathered([client.read_flow_run(run.id) for run in runs.values()])
        )

    def all_ended():
        # a Crashed one is final too, until it is sent back to its queue
        return healthy(url) and all(
            run.state.is_final() and not run.state.is_crashed() for run in states()
        )

    wait_until(all_ended, PATIENCE)
    os.kill(process["stopped"], signal.SIGCONT)
    time.sleep(5)  # it says nothing more, if it says anything it does so now

    ended = dict(zip(NAMES, states(), strict=True))
    said = {
        name: [(state.name, state.message) for state in service.ask(history(run))]
        for name, run in runs.items()
    }
    assert Counter(run.state.type for run in ended.values()) == {StateType.COMPLETED: 3}, str(said)
    attempts = {name: run.labels.get(ATTEMPT, 0) for name, run in ended.items()}
    assert (attempts["killed"], attempts["stopped"]) == (1, 1), said
    assert attempts["spared"] <= 1, said  # the server died under it: it goes on, or once more
    for _, pull in shops.values():
        assert [review.commit_id for review in pull.reviews] == [pull.head_sha]
        assert len(pull.comments) == 1


async def gathered(asked):
    return [await each for each in asked]


def history(run):
    return lambda client: client.read_flow_run_states(run.id)
