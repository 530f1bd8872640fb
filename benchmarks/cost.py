"""What a review costs the service: CPU of each part, rows and bytes of the database, Redis.

    python -m benchmarks.cost [--reviews 30] [--only sqlite|cluster] [--idle 60]

Twice: one server on SQLite with one worker, and PostgreSQL and Redis with two API replicas and
two workers. Each is let do nothing for a while first: what that costs is said, and taken off.
CPU is what the kernel counts, so other work on the machine matters little. Prints the tables of
docs/scaling.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import ended, submit_all
from benchmarks.organisation import Organisation, organisation
from deployments.cluster import processes
from deployments.cluster.cluster import Cluster
from deployments.cluster.member import Member
from deployments.cluster.settings import WORKING
from deployments.server import Server
from deployments.warm import environment as soon
from tests.fake_github import FakeGitHub

SETTLE = 8.0
"""Seconds until what was told in the background is written down."""

WARM_UP = 4
"""Reviews that pay for what is paid once: imports, mirrors, first pages of tables."""

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Setup:
    """A service that runs, and how to look at it."""

    name: str
    look: Callable[[], Figures]


def main() -> int:
    """Print what a review costs in each set-up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=30)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--idle", type=float, default=60)
    parser.add_argument("--only", choices=("sqlite", "cluster"), default="")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started ends with us
    setups = {"sqlite": on_sqlite, "cluster": on_a_cluster}
    for name, setup in setups.items():
        if said.only in {"", name}:
            with tempfile.TemporaryDirectory(prefix="cost-") as scratch, FakeGitHub() as hub:
                count = WARM_UP + said.reviews
                asked = organisation(hub, Path(scratch, "shops"), count, count)
                with setup(Path(scratch, "home"), asked, said.slots) as running:
                    measure(running, asked, said.idle)
    return 0


def measure(setup: Setup, asked: Organisation, idle: float) -> None:
    """Warm up, do nothing, review; print what the last two cost."""
    review(Organisation(asked.hub, asked.app, asked.asked[:WARM_UP]))
    before = look(setup)
    time.sleep(idle)
    between = look(setup)
    rest = asked.asked[WARM_UP:]
    review(Organisation(asked.hub, asked.app, rest))
    after = look(setup)
    minutes = (between["seconds"] - before["seconds"]) / 60
    took = (after["seconds"] - between["seconds"]) / 60
    print(f"\n{setup.name}: {len(rest)} reviews in {took:.1f} minutes")
    print("\n| | a review | a minute of nothing |\n|---|---|---|")
    for name in after:
        nothing = (between[name] - before.get(name, 0)) / minutes
        each = (after[name] - between.get(name, 0) - nothing * took) / len(rest)
        if name != "seconds" and (round(each, 2) or round(nothing, 1)):
            print(f"| {name} | {each:,.2f} | {nothing:,.1f} |", flush=True)


def review(asked: Organisation) -> None:
    """Have these reviewed, to the end."""
    runs = submit_all(asked)
    until = time.monotonic() + 1800
    while any(run.state != "Completed" for run in ended(runs)) and time.monotonic() < until:
        time.sleep(1)


def look(setup: Setup) -> Figures:
    """Return the figures as they are when all is quiet."""
    time.sleep(SETTLE)
    return {"seconds": time.monotonic(), **setup.look()}


@contextmanager
def on_a_cluster(folder: Path, asked: Organisation, slots: int) -> Iterator[Setup]:
    """PostgreSQL and Redis, two API replicas, services apart, two workers."""
    from redis import Redis as Client

    from deployments.cluster.serving import serving

    with (
        Cluster(folder, told=lambda line: print(f"  {line}", flush=True)) as cluster,
        serving(cluster, workers=2, slots=slots, github=asked.app),
        Client.from_url(cluster.redis.url) as redis,
    ):

        def figures() -> Figures:
            cpu: dict[str, float] = {}
            for name, member in cluster.members.items():
                part = name.rstrip("-0123456789")
                pids = processes.of_machine(member.folder) or processes.of(member.process.pid)
                cpu[f"CPU s: {part}"] = cpu.get(f"CPU s: {part}", 0) + processes.seconds(pids)
            info = redis.info()
            return {
                **cpu,
                **asyncio.run(_postgres(cluster.postgres.sockets)),
                "Redis: commands": info["total_commands_processed"],
                "Redis: kB received": info["total_net_input_bytes"] / 1000,
                "Redis: kB of memory": info["used_memory"] / 1000,
                "results: kB": _size(cluster.places.results) / 1000,
            }

        yield Setup("PostgreSQL and Redis", figures)


@contextmanager
def on_sqlite(folder: Path, asked: Organisation, slots: int) -> Iterator[Setup]:
    """One server on SQLite, and one worker."""
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    from deployments.cluster.serving import deploy_all

    server = Server(folder)
    server.ensure()
    ours = {name: v for name, v in os.environ.items() if not name.startswith(("PREFECT", "REVIEW"))}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{ours['PATH']}"
    settings = {**server.client_settings(), **soon(folder), **WORKING}
    environment = {**ours, **settings, "REVIEW_HOME": str(folder), "PATH": tools}
    work = (sys.executable, "-m", "prefect", "worker", "start", "--pool", "reviews")
    worker = Member("worker", work, environment, folder / "log")
    home = folder / "prefect"
    try:
        with temporary_settings({PREFECT_API_URL: server.url, PREFECT_HOME: home}):
            asyncio.run(deploy_all(slots, asked.app))
            worker.start()

            def figures() -> Figures:
                pid = server.running().pid
                pids = set(processes.of_machine(folder)) - {pid}
                return {
                    "CPU s: server": processes.seconds([pid]),
                    "CPU s: worker": processes.seconds(pids),
                    **_sqlite(home / "prefect.db"),
                    "results: kB": _size(home / "storage") / 1000,
                }

            yield Setup("SQLite", figures)
    finally:
        worker.end()
        processes.kill_machine(folder)
        server.stop()


async def _postgres(sockets: Path) -> Figures:
    """Return the rows and the bytes of every table, indexes included, and of the log."""
    import asyncpg

    connection = await asyncpg.connect(host=str(sockets), user="postgres")
    try:
        await connection.execute("checkpoint")
        names = [
            row["relname"]
            for row in await connection.fetch(
                "select relname from pg_class where relkind = 'r' and relnamespace = "
                "'public'::regnamespace order by 1"
            )
        ]
        found: dict[str, float] = {}
        for name in names:
            found[f"rows: {name}"] = await connection.fetchval(f'select count(*) from "{name}"')  # noqa: S608
            size = await connection.fetchval("select pg_total_relation_size($1::regclass)", name)
            found[f"kB: {name}"] = size / 1000
        found["kB: all tables"] = sum(v for n, v in found.items() if n.startswith("kB"))
        written = await connection.fetchval("select pg_current_wal_lsn() - '0/0'::pg_lsn")
        return {**found, "kB: written to the log": float(written) / 1000}
    finally:
        await connection.close()


def _sqlite(path: Path) -> Figures:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = [
            name
            for (name,) in database.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            )
        ]
        found: dict[str, float] = {}
        for name in sorted(names):
            ((rows,),) = database.execute(f'select count(*) from "{name}"')  # noqa: S608
            found[f"rows: {name}"] = rows
        ((pages,),) = database.execute("pragma page_count")
        ((size,),) = database.execute("pragma page_size")
        return {**found, "kB: all tables": pages * size / 1000}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    raise SystemExit(main())
