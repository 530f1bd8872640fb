"""``review up``: everything there, kept there, and ended; as a user does it, in this order."""

from __future__ import annotations

import os
import signal
import socket

import httpx
import pytest
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter

from deployments.server import healthy
from deployments.service.ports import free_port
from deployments.webhook.secret_file import SecretFile, made
from tasks.core.queueing.queues import POOL, RANKS, SERVICE_PLACES
from tests.deployments.service.serving import Service
from tests.deployments.warm.driver import wait_until

OF_ONE = {
    *("id", "created", "updated", "last_polled", "status", "active_slots"),
    *("flow_id", "deployment_id", "work_queue_id", "default_queue_id"),
}
"""What is another one each time a thing is made."""

PATIENCE = 240


def plain(said):
    """Return what the API says of a thing, but for what is this one's alone."""
    if isinstance(said, dict):
        return {name: plain(value) for name, value in said.items() if name not in OF_ONE}
    if isinstance(said, list):
        return [plain(value) for value in said]
    return said


async def deployments(client):
    found = await client.read_deployments(limit=200)
    return {each.entrypoint: plain(each.model_dump(mode="json")) for each in found}


async def pool(client):
    found = await client.read_work_pool(POOL)
    return plain(found.model_dump(mode="json"))


async def clear(client):
    for each in await client.read_deployments(limit=200):
        await client.delete_deployment(each.id)
    await client.delete_work_pool(POOL)


@pytest.fixture(scope="module")
def by_hand(service):
    """What ``prefect deploy --all`` makes; then nothing is there any more."""
    service.server.ensure()
    service.prefect("work-pool", "create", POOL, "--type", "process")
    service.prefect("deploy", "--all")
    made = service.ask(deployments), service.ask(pool)
    service.ask(clear)
    return made


@pytest.fixture(scope="module")
def up(service, by_hand):
    """Say what ``review up`` has said."""
    return service.review("up", "--detach", "--slots", "3")


def test_it_makes_what_prefect_deploy_all_makes_field_by_field(service, by_hand, up):
    by_command, its_pool = by_hand

    assert len(by_command) == 5
    made = service.ask(deployments)
    assert made.keys() == by_command.keys()
    for entrypoint, said in by_command.items():
        assert made[entrypoint] == said
    ours = service.ask(pool)
    named = {"concurrency_limit", "description"}
    assert {n: v for n, v in ours.items() if n not in named} == {
        n: v for n, v in its_pool.items() if n not in named
    }


def test_everything_is_there_when_it_returns(service, up):
    assert "made" in up
    assert "Prefect's UI is " + service.server.url.removesuffix("/api") in up
    queues = service.ask(lambda client: client.read_work_queues(POOL))
    assert RANKS.items() <= {queue.name: queue.priority for queue in queues}.items()
    assert service.ask(pool)["concurrency_limit"] == 3 + SERVICE_PLACES
    assert all(process.alive for _, process in service.state.workers)


def test_schedules_make_runs(service, up):
    def scheduled():
        return service.ask(
            lambda client: client.read_flow_runs(flow_run_filter=FlowRunFilter(), limit=5)
        )

    wait_until(scheduled, PATIENCE)


async def dispatchers(client):
    """Return those that a schedule has not made, and whether they run."""
    reconcile = FlowFilter(name=FlowFilterName(any_=["reconcile"]))
    found = await client.read_flow_runs(flow_filter=reconcile, limit=200)
    return [run.state.is_running() for run in found if not run.auto_scheduled]


def test_who_gives_slots_begins_without_its_schedule(service, up):
    wait_until(lambda: service.ask(dispatchers) == [True], PATIENCE)


def test_again_it_says_so_and_changes_nothing(service, up):
    before = service.state
    said = service.review("up", "--detach")

    assert said.startswith("the service is there already\n")
    assert "made" not in said
    assert "changed" not in said
    assert service.state.workers == before.workers
    assert service.state.supervisor == before.supervisor
    assert len(service.ask(dispatchers)) == 1


def test_again_with_something_else_that_is_applied(service, up):
    said = service.review("up", "--workers", "2", "--slots", "5")

    assert f"work pool {POOL}: {5 + SERVICE_PLACES} places" in said
    assert len(service.state.workers) == 2


def test_with_a_secret_it_answers_github_and_the_status_says_where(service, up):
    port = free_port()
    assert "webhook:     none" in service.run("review", "status").stdout
    service.review("up", "--webhook-port", str(port))
    secrets = SecretFile(service.home / "webhook" / "secrets")
    secrets.add(made())

    def ready():
        try:
            return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=5).is_success
        except httpx.HTTPError:
            return False

    wait_until(ready, PATIENCE)
    assert f"webhook:     answers at port {port}" in service.run("review", "status").stdout
    secrets.path.unlink()
    wait_until(lambda: "webhook:     none" in service.run("review", "status").stdout)


def test_a_port_that_is_taken_is_refused_and_the_service_stays_as_it_is(service, up):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = service.run("review", "up", "--port", str(port))

    assert done.returncode == 2
    assert f"port {port} is taken by another program" in done.stderr
    assert healthy(service.server.url)


def test_who_is_killed_is_back_the_server_on_its_port(service, up):
    (_, worker), *_ = service.state.workers
    server, url = service.server.running(), service.server.url
    os.kill(worker.pid, signal.SIGKILL)
    os.kill(server.pid, signal.SIGKILL)

    wait_until(lambda: service.server.url == url and healthy(url), PATIENCE)
    wait_until(lambda: service.state.workers[0][1] != worker, PATIENCE)
    assert service.server.running() != server
    assert service.state.workers[0][1].alive
    assert "ended by SIGKILL" in service.log


def test_when_its_supervisor_is_killed_everything_goes_on_and_the_next_one_takes_it_over(
    service, up
):
    before = service.state
    os.kill(before.supervisor.pid, signal.SIGKILL)
    wait_until(lambda: not before.supervisor.alive)
    assert before.workers[0][1].alive
    service.review("up", "--detach")

    assert service.state.supervisor != before.supervisor
    assert service.state.workers == before.workers


def test_it_is_not_mixed_with_another_server(service, up):
    done = service.run("review", "up", PREFECT_API_URL=service.server.url)

    assert done.returncode == 2
    assert "`review down`" in done.stderr


def test_with_the_url_of_a_server_it_has_workers_only_and_leaves_the_server(service, up, tmp_path):
    url = service.server.url
    other = Service(tmp_path / "other")
    said = other.review("up", "--detach", "--limit", "2", PREFECT_API_URL=url)
    try:
        assert len(other.state.workers) == 1
        assert not (other.home / "server.json").exists()
        assert url.removesuffix("/api") in said
    finally:
        ended = other.review("down")

    assert f"the server {url} goes on" in ended
    assert other.processes() == {}
    assert healthy(url)


def test_a_server_that_does_not_answer_is_named(tmp_path):
    done = Service(tmp_path).run("review", "up", PREFECT_API_URL="http://127.0.0.1:9/api")

    assert done.returncode == 2
    assert "no Prefect server answers at PREFECT_API_URL=http://127.0.0.1:9/api" in done.stderr


def test_down_ends_all_of_it_and_no_process_is_left(service, up):
    assert service.processes()
    said = service.review("down")

    assert "the service has ended" in said
    wait_until(lambda: not service.processes())  # what was killed above has left some who end so
    assert service.review("down") == "no service was running\n"
