"""The service's webhook: there when it has a secret, and for as long."""

from __future__ import annotations

import os
import signal

import httpx
import pytest

from deployments.server import Server
from deployments.service.ports import free_port
from deployments.service.record import Record
from deployments.service.webhook import WebhookCare
from deployments.service.workers import environment
from deployments.webhook.secret_file import VARIABLE, SecretFile, made
from tests.deployments.warm.driver import wait_until

AWAY = "http://127.0.0.1:1/api"
"""A Prefect server that is away: deliveries wait."""


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PREFECT_API_URL", AWAY)
    record = Record(tmp_path)
    record.make()
    return record


def alive(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.HTTPError:
        return False


def test_without_a_secret_there_is_none_and_it_is_said_once_how_to_get_one(record):
    said = []
    care = WebhookCare(record, Server(record.home, AWAY), said.append, None)
    care.tend(0)
    care.tend(0)

    assert care.process is None
    assert len(said) == 1
    assert "`review connect webhook` makes one" in said[0]


def test_it_comes_with_its_secret_is_kept_is_found_again_and_goes_with_it(record):
    said, port, server = [], free_port(), Server(record.home, AWAY)
    secrets = SecretFile(record.home / "webhook" / "secrets")
    care = WebhookCare(record, server, said.append, None)
    secrets.add(made())
    care.tend(port)
    first = care.process
    assert first
    wait_until(lambda: alive(port))

    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: not first.alive)
    care.tend(port)
    second = care.process
    assert second
    assert second != first
    wait_until(lambda: alive(port))

    care = WebhookCare(record, server, said.append, second)  # of a supervisor that came after
    care.tend(port)
    assert care.process == second
    assert said[-1].startswith("webhook: is there already")

    secrets.path.unlink()
    care.tend(port)
    assert care.process is None
    assert not second.alive
    assert said[-2:] == ["webhook: its secret is gone", "webhook: ended"]


def test_workers_do_not_get_its_secret(record, monkeypatch):
    monkeypatch.setenv(VARIABLE, "a secret")
    assert VARIABLE not in environment(Server(record.home, AWAY))
