"""Runs of a probe in a data folder of the session's own, each started as a worker starts it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import FlowRun
from prefect.flows import load_flow_from_entrypoint

from deployments.server import Server

PROBE = '''\
"""Does what a test wants, and says where it is."""

import json
import os
import pathlib
import sys

from prefect import flow, get_run_logger


@flow
def probe(out: str, code: str = "") -> None:
    get_run_logger().info("the probe is at work")
    scope = {"said": {}, "folder": pathlib.Path(out).parent}
    exec(code, scope)
    forked = "deployments.warm.parent" in pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text()
    said = {"pid": os.getpid(), "parent": os.getppid(), "forked": forked, **scope["said"]}
    pathlib.Path(out + ".part").write_text(json.dumps(said))
    pathlib.Path(out + ".part").rename(out)
'''

STOCK = [sys.executable, "-m", "prefect.engine"]
WARM = [sys.executable, "-P", "-m", "deployments.warm.client"]


@dataclass
class Started:
    """A client process, and the run that it is for."""

    run: UUID
    out: Path
    process: subprocess.Popen
    said: dict[str, Any] = field(default_factory=dict)

    def ended(self, seconds: float = 120) -> tuple[int, str, str]:
        output, errors = self.process.communicate(timeout=seconds)
        if self.out.exists():
            self.said = json.loads(self.out.read_text())
        return self.process.returncode, output, errors


@dataclass
class Warm:
    """A data folder with a server, in which clients are started for runs of the probe."""

    server: Server
    folder: Path
    environment: dict[str, str]
    started: list[Started] = field(default_factory=list)

    def start(self, code: str = "", command=WARM, cwd=None, **environment: str) -> Started:
        out = self.folder / f"out-{len(self.started)}"
        probe = load_flow_from_entrypoint(f"{self.folder / 'probe.py'}:probe")

        async def asking() -> UUID:
            async with get_client() as client:
                given = {"out": str(out), "code": code}
                return (await client.create_flow_run(probe, parameters=given)).id

        run = asyncio.run(asking())
        process = subprocess.Popen(
            command,
            cwd=cwd or self.folder,
            env={
                **self.environment,
                "PREFECT__FLOW_RUN_ID": str(run),
                "PREFECT__FLOW_ENTRYPOINT": f"{self.folder / 'probe.py'}:probe",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(Started(run, out, process))
        return self.started[-1]

    def done(self, code: str = "", **how: Any) -> dict[str, Any]:
        """Run the probe to its good end; return what it said."""
        started = self.start(code, **how)
        status, _, errors = started.ended()
        assert (status, "warm start" in errors) == (0, False), errors
        return started.said

    def until(self, name: str) -> int:
        """Wait until the probe has written a process id to a file; return it."""
        path = self.folder / name
        wait_until(path.exists)
        return int(path.read_text())


def state_of(run: UUID) -> FlowRun:
    async def ask() -> FlowRun:
        async with get_client() as client:
            return await client.read_flow_run(run)

    return asyncio.run(ask())


def logs_of(run: UUID) -> list[str]:
    async def ask() -> list[str]:
        async with get_client() as client:
            wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run]))
            return [log.message for log in await client.read_logs(wanted)]

    return asyncio.run(ask())


def wait_until(claim, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process works: one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
