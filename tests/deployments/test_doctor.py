"""``review doctor`` as a user runs it: on a machine where much is missing, and beside a service."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import run

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate

from deployments.server import Server
from tasks.core.doctor import Health
from tasks.core.queueing.queues import POOL
from tasks.service.doctor import disk
from tasks.service.doctor_service import service
from tasks.service.objects import ensure_objects
from tests.deployments.conftest import REVIEW
from tests.talking import talking_to

SHOP = "acme/shop"
NOWHERE = "http://127.0.0.1:9/api"


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL"):
        monkeypatch.delenv(name, raising=False)


def seen(done):
    """What the doctor said, by what it is about."""
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["works"] else 1), done.stderr
    return {check["what"]: check for check in told["checks"]}


def test_on_an_empty_machine_it_says_what_to_do_and_starts_nothing(review, tmp_path):
    done = review("doctor", REVIEW_HOME=str(tmp_path / "new"))

    assert done.returncode == 1
    assert "broken    server" in done.stdout
    assert "-> `review up` starts the service" in done.stdout
    assert "not seen  workers" in done.stdout
    assert Server(tmp_path / "new").running() is None


def test_a_dead_server_a_full_place_and_a_bad_address_each_have_their_line(review):
    checks = seen(
        review(
            *("doctor", "--format", "json"),
            REVIEW_HOME=f"{os.devnull}/home",
            PREFECT_API_URL=NOWHERE,
            GITHUB_TOKEN="ghp_" + "wrong",
            GITHUB_API_URL="http://127.0.0.1:9/api/v3",
        )
    )

    assert checks["data folder"]["health"] == "broken"
    assert "REVIEW_HOME" in checks["data folder"]["todo"]
    assert NOWHERE in checks["server"]["seen"]
    assert checks["GITHUB_TOKEN"]["health"] == "broken"
    assert "GitHub does not answer" in checks["GITHUB_TOKEN"]["seen"]
    assert "ruff" in checks["tools"]["seen"]


def test_beside_a_server_it_says_what_each_block_may_do(review, data, github, project):
    project.commit({"a.py": ""})
    github.add_repository(SHOP, project.folder, permissions={"ci-bot": "write"})
    Server(data).ensure()
    token = github.token("ci-bot")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
    run(
        [REVIEW, "connect", "token", "--name", "doctors", "--api-url", github.api_url],
        env=kept | {"REVIEW_HOME": str(data)},
        input=token,
        text=True,
        check=True,
        capture_output=True,
    )

    done = review("doctor", "--format", "json")
    checks = seen(done)

    assert checks["server"]["health"] == "ok"
    assert "no work pool reviews" in checks["queues"]["seen"]
    mine = checks["github-token/doctors"]
    assert mine["health"] == "poor"
    assert "ci-bot, lacks checks: write (a commit status is set instead)" in mine["seen"]
    assert token not in done.stdout + done.stderr


@pytest.fixture
async def client(data, monkeypatch):
    """A client of the server in the data folder, with the objects of the service on it."""
    server = Server(data)
    server.ensure()
    monkeypatch.setenv("PREFECT_API_URL", server.url)
    with talking_to(server.url):
        async with get_client() as client:
            await ensure_objects(client)
            yield client


async def looked(client, data: Path):
    return {check.what: check async for check in service(client, data / "prefect" / "prefect.db")}


async def heard(client, name: str):
    await client.send_worker_heartbeat(POOL, name, heartbeat_interval_seconds=30)


async def test_of_a_service_it_says_what_does_not_work(client, data):
    checks = await looked(client, data)
    assert checks["database"].health is Health.GOOD
    assert "takes a write" in checks["database"].seen
    assert "not deployed: pr-review/on-pull-request, reconcile" in checks["queues"].seen
    assert checks["dispatcher"].health is Health.BROKEN
    assert "none is scheduled either" in checks["dispatcher"].seen
    assert checks["workers"].seen == "none is alive"
    assert checks["slots"].seen.startswith("0 taken of ")

    await heard(client, "host-0")
    await client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))
    try:
        checks = await looked(client, data)
    finally:
        await client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False))
    assert checks["workers"].health is Health.GOOD
    assert "1 alive: host-0 " in checks["workers"].seen


def test_a_folder_is_tried_by_writing(tmp_path):
    assert disk("data folder", tmp_path / "new").health is not Health.BROKEN
    (tmp_path / "file").write_text("")
    check = disk("scratch", tmp_path / "file" / "in")
    assert check.health is Health.BROKEN
    assert "TMPDIR" in check.todo
