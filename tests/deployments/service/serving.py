"""The service of a data folder, as a user starts it: by the command line, in its own processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import get_client
from prefect.settings import PREFECT_HOME

from deployments.server import Server
from deployments.service.record import Record, State
from tests.talking import talking_to

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).parents[3]


@dataclass
class Service:
    """The service of a data folder."""

    home: Path

    @property
    def server(self) -> Server:
        return Server(self.home)

    @property
    def record(self) -> Record:
        return Record(self.home)

    @property
    def state(self) -> State:
        state = self.record.running()
        assert state, self.log
        return state

    @property
    def log(self) -> str:
        return self.record.log.read_text() if self.record.log.exists() else ""

    def run(self, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
        return subprocess.run(
            [BIN / program, *arguments],
            cwd=CHECKOUT,
            env={**kept, "REVIEW_HOME": str(self.home), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def review(self, *arguments: str, **environment: str) -> str:
        done = self.run("review", *arguments, **environment)
        assert done.returncode == 0, done.stderr + done.stdout + self.log
        return done.stdout

    def prefect(self, *arguments: str) -> None:
        done = self.run("prefect", "--no-prompt", *arguments, **self.server.client_settings())
        assert done.returncode == 0, done.stderr + done.stdout

    def ask(self, what: Any) -> Any:
        """Return what a function of the client gives."""

        async def asking():
            async with get_client() as client:
                return await what(client)

        with talking_to(self.server.url, {PREFECT_HOME: self.home / "prefect"}):
            return asyncio.run(asking())

    def processes(self) -> dict[int, str]:
        """Return every process that works in this data folder, and its command line."""
        ours = f"REVIEW_HOME={self.home}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if ours in (folder / "environ").read_bytes().split(b"\0"):
                    said = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found |= {int(folder.name): said} if said else {}
            except OSError:
                continue  # it has ended, or is somebody else's
        return found
