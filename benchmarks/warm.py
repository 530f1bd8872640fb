"""Time how a flow run starts: forked from a warm parent, and by Prefect's stock command.

    python -m benchmarks.warm [--runs 7] [--queued 50] [--stock-queued 50]

In one run, in turn: the bare commands, from their start to a flow's first line; then a small
review through two process workers, one with the job variable ``command``, one without; then
many of these reviews queued at once. Both workers have the same settings. The server is one of
our own, in a temporary folder.
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

from deployments.server import Server
from deployments.warm import COMMAND, end_all, environment

WARM, STOCK = "warm", "stock"
COMMANDS = {
    WARM: [sys.executable, "-P", "-m", "deployments.warm.client"],
    STOCK: [sys.executable, "-m", "prefect.engine"],
}

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

Columns = dict[str, list[float]]


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

    async def _bare(self) -> str:
        from prefect import get_client
        from prefect.flows import load_flow_from_entrypoint

        async with get_client() as client:
            return str((await client.create_flow_run(load_flow_from_entrypoint(self._probe))).id)

    def through_a_worker(self, kind: str, runs: int, queued: int) -> Columns:
        """Return how soon reviews start on an idle pool, and how many get through when many wait.

        The first of all is not counted: whatever has to be loaded is then in memory.
        """
        from benchmarks.warm_reviews import Reviews  # it imports Prefect, which reads settings

        variables = {"command": COMMAND} if kind == WARM else {}
        if kind == STOCK:
            end_all(self.folder)  # their memory is not of these runs
        reviews = Reviews.deployed(kind, str(self.folder / "repository"), variables)
        columns: Columns = defaultdict(list)
        with self._worker(kind) as worker:
            for count in range(runs + 1):
                started = reviews.one()
                time.sleep(0.13 * count)  # at another moment of the worker's own pause
                if count:
                    columns["created to running s"].append(started.running)
                    columns["created to first step s"].append(started.first_step)
            load = reviews.many(queued, str(self.folder), leave_out=worker)
        columns[f"a minute, {queued} queued"] = [60 * queued / load.seconds]
        columns["all runs' peak PSS MB"] = [load.memory]
        return columns

    @contextmanager
    def _worker(self, kind: str) -> Iterator[int]:
        """Have a worker that takes four at once; yield its process id."""
        start = [sys.executable, "-m", "prefect", "worker", "start", "--pool", kind]
        with (self.folder / f"{kind}.log").open("wb") as log:
            process = subprocess.Popen(
                [*start, "--limit", "4"], env=dict(self.environment), stdout=log, stderr=log
            )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def main() -> int:
    """Print the table of docs/warm-starts.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--queued", type=int, default=50)
    parser.add_argument("--stock-queued", type=int, default=50)
    said = parser.parse_args()
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="warm-") as name, _bench(Path(name)) as bench:
        found: dict[str, Columns] = {WARM: defaultdict(list), STOCK: defaultdict(list)}
        first = bench.first_line(WARM)["first line s"]  # it waits for the parent's imports
        for _ in range(said.runs):
            for kind, columns in found.items():
                for column, figure in bench.first_line(kind).items():
                    columns[column].append(figure)
        for kind, queued in ((WARM, said.queued), (STOCK, said.stock_queued)):
            found[kind] |= bench.through_a_worker(kind, said.runs, queued)
            load.append(os.getloadavg()[0])
        _print(found)
    print(f"\nthe first run of all, which starts the parent: {first:.2f} s")
    print(f"load before, after warm, after stock: {', '.join(f'{one:.1f}' for one in load)}")
    return 0


@contextmanager
def _bench(folder: Path) -> Iterator[Bench]:
    """Have a server and a repository; all that is started ends with it."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
    server = Server(folder)
    server.ensure()
    settings = {**server.client_settings(), **environment(folder)}
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
        end_all(folder)
        server.stop()


def _print(found: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    print("| warm | | | stock | | |\n|---|---|---|---|---|---|")
    for warm, stock in zip(found[WARM].items(), found[STOCK].items(), strict=True):
        cells = [
            f"{name} | {statistics.median(of):.2f} | {min(of):.2f} - {max(of):.2f}, n={len(of)}"
            for name, of in (warm, stock)
        ]
        print(f"| {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    raise SystemExit(main())
