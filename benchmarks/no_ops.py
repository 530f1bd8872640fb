"""Time a plan of 100 steps that do nothing: what Prefect itself costs, on the store it has.

    python benchmarks/no_ops.py [--runs 12] [--steps 100] [--apart]

It runs on the server that ``review`` would use (``REVIEW_HOME`` or ``PREFECT_API_URL``), one
run right after the other, or with ``--apart`` each when the server has recorded the one
before. At the end it asks the server for every step's state: all must be COMPLETED.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Sequence

from deployments.command import startup
from deployments.server import Server


def main() -> int:
    """Print the seconds of each run, and whether all of it is on record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--apart", action="store_true")
    said = parser.parse_args()
    server = Server.of_environment()
    server.ensure()
    os.environ.update(startup.client_settings(server.given, server.folder))
    os.environ.update(server.client_settings())
    seconds, ids = asyncio.run(measure(said.runs, said.steps, apart=said.apart))
    complete = [asyncio.run(recorded(one, said.steps)) for one in ids]
    print(
        json.dumps(
            {
                "steps": said.steps,
                "min": round(min(seconds), 2),
                "median": round(statistics.median(seconds), 2),
                "max": round(max(seconds), 2),
                "all": [round(one, 2) for one in seconds],
                "all_recorded": all(complete),
            }
        )
    )
    return 0 if all(complete) else 1


async def measure(runs: int, steps: int, *, apart: bool) -> tuple[Sequence[float], list[str]]:
    """Return the seconds of each run, and the ids of the flow runs; a first one is not counted."""
    from prefect import flow
    from prefect.runtime import flow_run

    from flows.runner import PlanRun
    from tasks.core.plan import TaskDefinition, WorkflowConfig
    from tasks.core.report import Report

    plan = WorkflowConfig(
        name="no_ops", tasks=tuple(TaskDefinition(name=f"step_{n}") for n in range(steps))
    )

    @flow(name="no-ops")
    async def no_ops() -> str:
        reports = await PlanRun(plan, lambda step, _upstream, _until: Report(step=step.name)).run()
        assert len(reports) == steps  # noqa: S101 - a benchmark of something else otherwise
        return str(flow_run.id)

    seconds, ids = [], []
    for _ in range(runs + 1):
        started = time.perf_counter()
        ids.append(await no_ops())
        seconds.append(time.perf_counter() - started)
        if apart:
            await recorded(ids[-1], steps)
    return seconds[1:], ids[1:]


async def recorded(flow_run_id: str, steps: int, patience: float = 120) -> bool:
    """Return whether the server has every step of a flow run as COMPLETED, in time."""
    from prefect import get_client
    from prefect.client.schemas.filters import FlowRunFilter, TaskRunFilter

    until = time.monotonic() + patience
    async with get_client() as client:
        while time.monotonic() < until:
            found = await client.read_task_runs(
                flow_run_filter=FlowRunFilter.model_validate({"id": {"any_": [flow_run_id]}}),
                task_run_filter=TaskRunFilter.model_validate(
                    {"state": {"type": {"any_": ["COMPLETED"]}}}
                ),
                limit=200,
            )
            if len(found) >= steps:
                return True
            await asyncio.sleep(0.2)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
