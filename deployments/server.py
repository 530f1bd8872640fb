"""The local Prefect server: started once for the data folder, then reused by everybody.

Prefect's ephemeral mode would start one for every process, which takes longer than a review.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from deployments.service.identity import born, end
from deployments.service.ports import free_port, is_free
from tasks.errors import ReviewError
from tasks.home import home

PATIENCE = 240
"""Seconds a server may take to answer; on a busy machine the first start migrates for 120."""

FREED = 3
"""Seconds in which a port is free again whose process was killed: its threads end after it."""

LEASES = "prefect.server.concurrency.lease_storage.filesystem"

SETTINGS: Mapping[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # in memory, a place that was held when the server ended would be held for ever
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # else events only
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
}
"""What our server is told, beside where it lives."""


class ServerError(ReviewError):
    """The server cannot be started; its own last words say why."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server process: who it is, so that no other with the same number is taken for it."""

    pid: int
    born: str
    port: int
    version: str

    @property
    def alive(self) -> bool:
        """Return whether this very process still runs."""
        return born(self.pid) == self.born


@dataclass(frozen=True, slots=True)
class Server:
    """Where the review's Prefect server is: ours in a data folder, or somebody's by its URL."""

    folder: Path
    given: str = ""

    @classmethod
    def of_environment(cls) -> Server:
        """Return the server that ``PREFECT_API_URL`` names, else the one of ``REVIEW_HOME``."""
        return cls(home(), os.environ.get("PREFECT_API_URL", ""))

    @property
    def url(self) -> str:
        """Return the URL of the API; the server may not answer there yet."""
        if self.given:
            return self.given
        running = self.running()
        return f"http://127.0.0.1:{running.port}/api" if running else ""

    def running(self) -> Running | None:
        """Return our server process, or None where it is dead or was never started."""
        found = self._last_running()
        return found if found and found.alive else None

    def claim(self, port: int = 0) -> None:
        """Have a server process, the one there is or a new one; do not wait for it to answer.

        One that was started with another version of Prefect, or on another port than the one
        that is asked for, is replaced.

        Raises:
            ServerError: somebody else has that port, or our folder cannot be written.
        """
        if self.given:
            return
        with self._lock():
            found = self.running()
            same = found and found.version == installed()
            if found and same and port in {0, found.port}:
                return
            if port and not (found and found.port == port) and not is_free(port):
                raise ServerError(f"port {port} is taken by another program; name another")
            if found:
                end(found.pid)
            self._spawn(port or self._usual_port())

    def ensure(self) -> None:
        """Wait until the server answers; start it where it does not live.

        Raises:
            ServerError: it does not come up; the text has its last words.
        """
        self.claim()
        until = time.monotonic() + PATIENCE
        while not healthy(self.url):
            if self.given:
                raise ServerError(
                    f"no Prefect server answers at PREFECT_API_URL={self.given}; "
                    "start it, or unset the variable to use one of our own"
                )
            if self.running() is None:
                raise ServerError(f"the Prefect server ended while it started: {self._last()}")
            if time.monotonic() > until:
                raise ServerError(
                    f"the Prefect server does not answer after {PATIENCE} s; see {self._log}"
                )
            time.sleep(0.05)

    def stop(self) -> bool:
        """End our server; return whether there was one."""
        with self._lock():
            found = self.running()
            if found:
                end(found.pid)
        return found is not None  # its state stays, for its port

    def client_settings(self) -> dict[str, str]:
        """Return the environment in which Prefect's client talks to this server."""
        quiet = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
        if self.given:
            return quiet
        return quiet | {"PREFECT_HOME": str(self.folder / "prefect"), "PREFECT_API_URL": self.url}

    @property
    def _state(self) -> Path:
        return self.folder / "server.json"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process at a time start or stop the server.

        Raises:
            ServerError: nothing can be written to the data folder.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what was read
            file = (self.folder / "server.lock").open("w", encoding="utf-8")
        except OSError as error:
            raise ServerError(
                f"the data folder {self.folder} cannot be written ({error.strerror}); "
                "name another with REVIEW_HOME"
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _last_running(self) -> Running | None:
        """Return the server process that was started last."""
        try:
            return Running(**json.loads(self._state.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _usual_port(self) -> int:
        """Return the port of the last time, so that whoever knows it finds the next one there."""
        last = self._last_running()
        until = time.monotonic() + FREED
        while last and time.monotonic() < until:
            if is_free(last.port):
                return last.port
            time.sleep(0.05)
        return free_port()

    def _spawn(self, port: int) -> None:
        """Start the process, in the background and in a session of its own."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
        store = self.folder / "prefect"
        store.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "deployments.serve", str(port)],
                cwd=self.folder,
                env={
                    **ours,
                    **SETTINGS,
                    "PREFECT_HOME": str(store),
                    "PREFECT_SERVER_UI_API_URL": f"http://127.0.0.1:{port}/api",  # else port 4200
                    # else every page that a browser here shows may have commands run by a worker
                    "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": (
                        f"http://127.0.0.1:{port},http://localhost:{port}"
                    ),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        state = Running(process.pid, born(process.pid), port, installed())
        part = self._state.with_suffix(".part")
        part.write_text(json.dumps(asdict(state)), encoding="utf-8")
        part.replace(self._state)

    def _last(self) -> str:
        """Return the last words of the server's log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1]} (in {self._log})" if lines else f"see {self._log}"


def healthy(url: str) -> bool:
    """Return whether a Prefect API answers there."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - http only
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, ValueError, urllib.error.URLError):
        return False


def installed() -> str:
    """Return what we are, and on which Prefect."""
    return f"{version('prefect')}/{version('prefect-review')}"
