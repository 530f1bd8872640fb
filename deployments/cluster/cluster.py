"""A whole service on many machines, here all on one: stores, API replicas, services, workers."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from deployments.cluster.balancer import Balancer
from deployments.cluster.member import Member, all_ended
from deployments.cluster.processes import kill_machine
from deployments.cluster.settings import Places
from deployments.cluster.stores import ClusterError, Postgres, Redis, free_ports, missing
from deployments.server import healthy

PATIENCE = 180
"""Seconds that anything may take to be there, on a busy machine."""

PREFECT = (sys.executable, "-m", "prefect")
MACHINE = "worker-"
"""What begins the name of a machine."""

AGAIN = 1.0
"""Seconds until what has died is started again."""

Told = Callable[[str], None]


@dataclass
class Cluster:
    """Everything below one folder: ``with Cluster(folder) as cluster: cluster.work(...)``.

    What dies is started again, as systemd or Kubernetes would. ``told`` hears a line for
    each thing that happens.
    """

    folder: Path
    replicas: int = 2
    told: Told = print
    members: dict[str, Member] = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Start the stores, the database's tables, the API and its services; wait for them."""
        if absent := tuple(missing()):
            raise ClusterError("; ".join(absent))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything, workers first, the stores last."""
        self._stack.close()

    def _start(self, stack: contextlib.ExitStack) -> None:
        redis, api, *ports = free_ports(2 + self.replicas)
        sockets = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has to be short
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        stack.callback(self._end)
        self.postgres = Postgres(self.folder / "postgres", sockets)
        self.redis = Redis(self.folder / "redis", redis)
        for store, name in ((self.postgres, "postgres"), (self.redis, "redis")):
            store.prepare()
            self.add(name, store.command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
        self.places = Places(
            self.postgres.url,
            self.redis.url,
            f"http://127.0.0.1:{api}/api",
            self.folder / "results",
        )
        self.places.results.mkdir(exist_ok=True)
        self._wait("PostgreSQL", "postgres", lambda: self.postgres.answers)
        self._wait("Redis", "redis", lambda: self.redis.answers)
        environment = self.places.of_server(self.folder / "server")
        self._migrate(environment)
        for number, port in enumerate(ports, start=1):
            serve = ("server", "start", "--no-services", "--host", "127.0.0.1", "--port", str(port))
            # two that register Prefect's own block types at the same time fail each other
            first = {"PREFECT_API_BLOCKS_REGISTER_ON_START": str(number == 1).lower()}
            self.add(f"api-{number}", (*PREFECT, *serve), {**environment, **first})
        self.add("services", (*PREFECT, "server", "services", "start"), environment)
        stack.enter_context(Balancer(api, ports))
        for number, port in enumerate(ports, start=1):
            there = partial(healthy, f"http://127.0.0.1:{port}/api")
            self._wait(f"API replica {number}", f"api-{number}", there)
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def machine(self, number: int, limit: int) -> None:
        """Start a worker on a machine of its own: it shares results, and nothing else."""
        name = f"{MACHINE}{number}"
        own = self.places.of_machine(self.folder / name)
        work = ("worker", "start", "--pool", "reviews", "--name", name, "--limit", str(limit))
        self.add(name, (*PREFECT, *work), own)

    def add(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one more process, and keep it."""
        member = Member(name, command, environment, self.folder / name)
        member.start()
        self.members[name] = member

    def kill(self, name: str) -> None:
        """Kill a part at once; a machine with everything on it. It comes back."""
        self.told(f"kill -9 {name}")
        if name.startswith(MACHINE):
            kill_machine(self.members[name].folder)
        else:
            self.members[name].signal(signal.SIGKILL)

    def _migrate(self, environment: Mapping[str, str]) -> None:
        """Make the tables, once, before there is anybody to race with."""
        upgrade = (*PREFECT, "server", "database", "upgrade", "--yes")
        done = subprocess.run(
            upgrade, env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ClusterError(f"the database cannot be upgraded: {done.stdout}{done.stderr}")
        self.told("the database has its tables")

    def _wait(self, what: str, name: str, claim: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not claim():
            if not self.members[name].alive:
                raise ClusterError(f"{what} ended: {self.members[name].last_words()}")
            if time.monotonic() > until:
                raise ClusterError(f"{what} does not answer; see {self.members[name].log}")
            time.sleep(0.1)
        self.told(f"{what} answers")

    def _keep(self) -> None:
        """Start again what has died."""
        while not self._over.wait(AGAIN):
            for member in tuple(self.members.values()):
                if member.has_died and not self._over.is_set():
                    member.deaths += 1
                    self.told(f"{member.name} died; started again")
                    member.start()

    def _end(self) -> None:
        self._over.set()
        stores = [self.members[name] for name in ("postgres", "redis") if name in self.members]
        first = [member for name, member in self.members.items() if name.startswith(MACHINE)]
        rest = [each for each in self.members.values() if each not in stores and each not in first]
        all_ended(first)
        for member in first:
            kill_machine(member.folder)  # warm parents wait for the next run
        all_ended(rest)
        all_ended(stores)
