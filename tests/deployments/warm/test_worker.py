"""Prefect's own process worker starts warm runs of a deployment whose job variable says so."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.flows import load_flow_from_entrypoint
from prefect.states import Cancelling
from prefect.workers.process import ProcessWorker

from deployments.warm import COMMAND
from tests.deployments.warm.driver import Started, Warm, alive, logs_of, state_of, wait_until

STEP = "prefect.deployments.steps.set_working_directory"
TOOL = """
from tasks.process import bare_environment, run
tool = "echo $$ > tool.part; mv tool.part tool; sleep 600"
run(["sh", "-c", tool], cwd=str(folder), env=bare_environment("/tmp"), seconds=600)
"""


@pytest.fixture
def worked(warm):
    """Start a run of a deployment, and a worker that takes it and ends after it."""

    def start(code: str, python: str = sys.executable) -> Started:
        out = warm.folder / "out"
        run = asyncio.run(_deployed(warm, {"out": str(out), "code": code}))
        pool = state_of(run).work_pool_name
        worker = [python, "-m", "prefect", "worker", "start", "--run-once", "--pool", pool]
        process = subprocess.Popen(
            worker,
            cwd=warm.folder,
            env={**warm.environment, "ONLY_THE_WORKERS": "this"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        warm.started.append(Started(run, out, process))
        return warm.started[-1]

    return start


async def _deployed(warm: Warm, parameters: dict[str, str]) -> UUID:
    probe = load_flow_from_entrypoint(f"{warm.folder / 'probe.py'}:probe")
    name = f"warm-{uuid4().hex[:8]}"
    template = ProcessWorker.get_default_base_job_template()
    async with get_client() as client:
        await client.create_work_pool(
            WorkPoolCreate(name=name, type="process", base_job_template=template)
        )
        deployment = await client.create_deployment(
            await client.create_flow(probe),
            name,
            work_pool_name=name,
            job_variables={"command": COMMAND, "env": {"OF_THE_DEPLOYMENT": "that"}},
            entrypoint="probe.py:probe",
            pull_steps=[{STEP: {"directory": str(warm.folder)}}],
        )
        run = await client.create_flow_run_from_deployment(deployment, parameters=parameters)
        return run.id


def test_a_worker_runs_it_warm_by_its_own_python_and_its_log_and_state_are_on_the_server(
    warm, worked
):
    code = """
import os, sys
said["prefix"] = sys.prefix
said |= {name: os.environ[name] for name in ("ONLY_THE_WORKERS", "OF_THE_DEPLOYMENT")}
print("said by the probe")
"""
    relative = Path(os.path.relpath(sys.executable, warm.folder))
    started = worked(code, str(relative))
    status, output, errors = started.ended()

    assert status == 0, errors
    assert state_of(started.run).state.is_completed(), errors
    assert started.said["forked"]
    assert started.said["prefix"] == sys.prefix
    assert started.said["ONLY_THE_WORKERS"] == "this"
    assert started.said["OF_THE_DEPLOYMENT"] == "that"
    assert "the probe is at work" in logs_of(started.run)
    assert "said by the probe" in output


def test_a_run_that_somebody_cancels_ends_with_its_tools_and_is_cancelled(warm, worked):
    started = worked(TOOL)
    tool = warm.until("tool")

    async def cancel() -> None:
        async with get_client() as client:
            await client.set_flow_run_state(started.run, Cancelling())

    asyncio.run(cancel())
    started.ended()

    wait_until(lambda: not alive(tool), 10)
    assert state_of(started.run).state.is_cancelled()
