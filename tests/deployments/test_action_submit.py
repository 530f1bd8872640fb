"""The steps of the page's workflows that only submit, run against a server that has a password."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from prefect import get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled
from prefect.utilities.callables import parameter_schema

from deployments.server import healthy
from deployments.service.ports import free_port
from flows.pr_review import review_pull_request
from tests.flows.pool import Pool
from tests.pages import fences

SECRET = "reviews:It's a Secret to Everybody"
SHOWN = [text for text in fences("docs/github-actions.md", "yaml") if "Submit" in text]


def step(name):
    """Return the step of that name in the page's workflows."""
    steps = [s for text in SHOWN for s in yaml.safe_load(text)["jobs"]["submit"]["steps"]]
    (found,) = (s for s in steps if s.get("name") == name)
    return found


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A Prefect server with a password, and on it the service's pool."""
    home, port = tmp_path_factory.mktemp("guarded"), free_port()
    url = f"http://127.0.0.1:{port}/api"
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "deployments.serve", str(port)],
        env={**kept, "PREFECT_HOME": str(home), "PREFECT_SERVER_API_AUTH_STRING": SECRET},
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 240
        while not healthy(url):
            assert process.poll() is None
            assert time.monotonic() < until, "the server does not come up"
            time.sleep(0.2)
        on(url, deployed)
        yield url
    finally:
        process.terminate()
        process.wait()


async def deployed(client):
    """Have the pool, and the deployment with the parameters that people may give it."""
    await Pool.empty(client)
    known = await client.read_deployment_by_name("pr-review/on-pull-request")
    await client.create_deployment(
        known.flow_id,
        known.name,
        work_pool_name=known.work_pool_name,
        work_queue_name=known.work_queue_name,
        entrypoint=known.entrypoint,
        parameter_openapi_schema=parameter_schema(review_pull_request).model_dump_for_openapi(),
    )


def on(url, act):
    """Act by a client that knows the password."""

    async def acting():
        async with get_client() as client:
            return await act(client)

    with temporary_settings({PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: SECRET}):
        return asyncio.run(acting())


async def runs(client):
    """Return the reviews there are."""
    return [run for run in await client.read_flow_runs() if run.parameters.get("repository")]


@pytest.fixture
def ran(guarded, tmp_path):
    """Run a step's script as a runner does; returns the process."""

    def run(script, number, password=SECRET):
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": "acme/shop",
                "RUNNER_TEMP": str(tmp_path),
                "TOOL": str(Path(sys.prefix)),
                "NUMBER": str(number),
                "PREFECT_API_URL": guarded,
                "PREFECT_API_AUTH_STRING": password,
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return run


def test_it_submits_and_waits_for_what_becomes_of_it(guarded, ran):
    process = ran(step("Submit, and wait for the verdict")["run"], 1)
    said = ""
    while "page:" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line

    async def cancel(client):
        (run,) = await runs(client)
        await client.set_flow_run_state(run.id, Cancelled(message="not now"))
        return run

    run = on(guarded, cancel)
    rest, _ = process.communicate(timeout=240)

    assert run.parameters == {"repository": "acme/shop", "number": 1}
    assert process.returncode == 2, rest
    assert "acme/shop#1: not now" in rest


def test_prefect_alone_makes_the_same_run(guarded, ran, tmp_path):
    program = tmp_path / "prefect" / "bin" / "prefect"
    program.parent.mkdir(parents=True)
    program.symlink_to(Path(sys.executable).parent / "prefect")
    process = ran(step("Run the deployment")["run"], 2)
    said, _ = process.communicate(timeout=240)

    assert process.returncode == 0, said
    (run,) = [run for run in on(guarded, runs) if run.parameters["number"] == 2]
    assert run.parameters["repository"] == "acme/shop"
    assert "acme/shop#2" in run.tags


def test_a_wrong_password_is_exit_code_2_and_one_line(ran):
    process = ran(step("Submit, and wait for the verdict")["run"], 3, password="reviews:wrong")
    said, _ = process.communicate(timeout=240)

    assert process.returncode == 2
    assert "Traceback" not in said
    assert "PREFECT_API_AUTH_STRING" in said
