"""Time how a flow run starts: forked from a warm parent, and by Prefect's stock command.

    python -m benchmarks.warm [--runs 7] [--queued 20]

In one run, in turn: the bare commands, from their start to a flow's first line; then a small
review through two process workers, one with the job variable ``command``, one without; then
many of these reviews queued at once. The server is one of our own, in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from deployments.server import Server
from deployments.warm import command

WARM, STOCK = "warm", "stock"
COMMANDS = {WARM: command().split(), STOCK: [sys.executable, "-m", "prefect.engine"]}

PROBE = """\
import json, pathlib, time
from prefect import flow

@flow
def probe():
    cpu = time.process_time()
    print("at work", flush=True)
    rows = pathlib.Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    memory = {row.split(":")[0]: int(row.split()[1]) // 1024 for row in rows}
    print(json.dumps({"cpu": cpu, "pss": memory["Pss"], "rss": memory["Rss"]}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder with a server, a repository with a small change, and the settings of a worker."""

    folder: Path
    environment: Mapping[str, str]

    def first_line(self, kind: str) -> dict[str, float]:
        """Return the seconds to a flow's first line, and what it cost until then."""
        run = asyncio.run(self._bare())
        own = {"PREFECT__FLOW_RUN_ID": str(run), "PREFECT__FLOW_ENTRYPOINT": self._probe}
        began = time.perf_counter()
        with subprocess.Popen(
            COMMANDS[kind],
            env={**self.environment, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None  # noqa: S101 - PIPE above
            line = process.stdout.readline()
            seconds = time.perf_counter() - began
            said = json.loads(process.stdout.readline())
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if (line, status) != (b"at work\n", 0):
            raise SystemExit(f"{kind}: {line!r}, status {status}")
        client = usage.ru_utime + usage.ru_stime if kind == WARM else 0.0
        return {"first line s": seconds, "CPU s": said["cpu"] + client, "PSS MB": said["pss"]}

    @property
    def _probe(self) -> str:
        return f"{self.folder / 'probe.py'}:probe"

    async def _bare(self) -> UUID:
        from prefect import get_client
        from prefect.flows import load_flow_from_entrypoint

        async with get_client() as client:
            return (await client.create_flow_run(load_flow_from_entrypoint(self._probe))).id

    async def deploy(self, kind: str) -> UUID:
        """Make a work pool of this kind, and the local review as a deployment in it."""
        from prefect import get_client
        from prefect.client.schemas.actions import WorkPoolCreate
        from prefect.workers.process import ProcessWorker

        from flows.change_review import review_change

        template = ProcessWorker.get_default_base_job_template()
        async with get_client() as client:
            await client.create_work_pool(
                WorkPoolCreate(name=kind, type="process", base_job_template=template)
            )
            return await client.create_deployment(
                await client.create_flow(review_change),
                kind,
                work_pool_name=kind,
                job_variables={"command": command()} if kind == WARM else {},
                entrypoint="flows.change_review.review_change",
                pull_steps=[],
            )

    async def reviews(self, deployment: UUID, count: int) -> tuple[list[float], float]:
        """Have reviews made; return the seconds from created to running, and for all of them."""
        from prefect import get_client

        asked: dict[str, Any] = {
            "name": "bench",
            "repository": str(self.folder / "repository"),
            "base": "HEAD~1",
            "head": "HEAD",
            "only": ["config_validation"],
            "cache": False,
        }
        waits, began = [], time.perf_counter()
        async with get_client() as client:
            make = client.create_flow_run_from_deployment
            runs = [await make(deployment, parameters=asked) for _ in range(count)]
            for made in runs:
                run = made
                while not (run.state and run.state.is_final()):
                    await asyncio.sleep(0.1)
                    run = await client.read_flow_run(made.id)
                if not (run.state.is_completed() and run.start_time and run.created):
                    raise SystemExit(f"a review did not end well: {run.state}")
                waits.append((run.start_time - run.created).total_seconds())
        return waits, time.perf_counter() - began

    @contextmanager
    def worker(self, kind: str) -> Iterator[None]:
        """Have a worker that looks for work every second, as often for both."""
        start = [sys.executable, "-m", "prefect", "worker", "start", "--pool", kind]
        with (self.folder / f"{kind}.log").open("wb") as log:
            process = subprocess.Popen(
                [*start, "--limit", "4"], env=dict(self.environment), stdout=log, stderr=log
            )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def main() -> int:
    """Print the tables of docs/warm-starts.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--queued", type=int, default=20)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warm-") as name, _bench(Path(name)) as bench:
        found: dict[str, dict[str, list[float]]] = {WARM: defaultdict(list)}
        found[STOCK] = defaultdict(list)
        first = bench.first_line(WARM)["first line s"]  # it waits for the parent's imports
        for _ in range(said.runs):
            for kind, columns in found.items():
                for column, figure in bench.first_line(kind).items():
                    columns[column].append(figure)
        for kind, columns in found.items():
            deployment = asyncio.run(bench.deploy(kind))
            with bench.worker(kind):
                asyncio.run(bench.reviews(deployment, 1))
                for _ in range(said.runs):
                    wait, _ = asyncio.run(bench.reviews(deployment, 1))
                    columns["created to running s"] += wait
                _, seconds = asyncio.run(bench.reviews(deployment, said.queued))
                columns[f"a minute, {said.queued} queued"] = [60 * said.queued / seconds]
        _print(found)
        print(f"\nthe first run of all, which starts the parent: {first:.2f} s")
    return 0


@contextmanager
def _bench(folder: Path) -> Iterator[Bench]:
    """Have a server and a repository; all that is started ends with it."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
    server = Server(folder)
    server.ensure()
    settings = {**server.client_settings(), "PREFECT_WORKER_QUERY_SECONDS": "1"}
    os.environ.update(settings)
    (folder / "probe.py").write_text(PROBE, encoding="utf-8")
    repository = folder / "repository"
    git = ["git", "-C", str(repository), "-c", "user.name=b", "-c", "user.email=b@example.invalid"]
    subprocess.run(["git", "init", "--quiet", str(repository)], check=True)
    for text in ("a: 1\n", "a: 2\n"):
        (repository / "settings.yaml").write_text(text, encoding="utf-8")
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message", "a change"], check=True)
    try:
        yield Bench(folder, {**kept, **settings, "REVIEW_HOME": str(folder)})
    finally:
        for socket in (folder / "warm").glob("*.sock"):
            socket.unlink()  # its parent sees that, and ends
        time.sleep(3)
        server.stop()


def _print(found: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    print("| | warm | stock | stock / warm |\n|---|---|---|---|")
    for column, warm in found[WARM].items():
        both = [statistics.median(of) for of in (warm, found[STOCK][column])]
        cells = [
            f"{statistics.median(of):.2f} ({min(of):.2f} - {max(of):.2f}, n={len(of)})"
            for of in (warm, found[STOCK][column])
        ]
        print(f"| {column} | {cells[0]} | {cells[1]} | {both[1] / both[0]:.2f} |")


if __name__ == "__main__":
    raise SystemExit(main())
