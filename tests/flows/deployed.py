"""Runs of a deployment, each executed in a process of its own, as a worker does it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from prefect import get_client

from flows.pr_review import review_pull_request
from tests.flows.shop import QUICK, Shop

STEP = "prefect.deployments.steps.set_working_directory"


@dataclass
class Deployed:
    """The flow, deployed for the pull request of a shop."""

    shop: Shop
    processes: list[subprocess.Popen] = field(default_factory=list)

    def make(self, **parameters: Any) -> UUID:
        """Make a run of a deployment; nobody executes it yet."""
        what = {"repository": self.shop.name, "number": self.shop.pull.number, "only": QUICK}

        async def asking() -> UUID:
            async with get_client() as client:
                flow = await client.create_flow(review_pull_request)
                deployment = await client.create_deployment(
                    flow,
                    f"on-pull-request-{self.shop.name.replace('/', '-')}",
                    entrypoint="flows.pr_review.review_pull_request",
                    # without a step to pull it, Prefect copies the folder it is started in
                    pull_steps=[{STEP: {"directory": str(self.shop.folder)}}],
                )
                run = await client.create_flow_run_from_deployment(
                    deployment, parameters={**what, **parameters}
                )
                return run.id

        return asyncio.run(asking())

    def execute(self, run: UUID, **environment: str) -> subprocess.Popen:
        """Execute a run, in the name of the Actions of the repository."""
        token = self.shop.github.actions_token(self.shop.name)
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "flow-run", "execute", str(run)],
            env={**os.environ, "GITHUB_TOKEN": token, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process
