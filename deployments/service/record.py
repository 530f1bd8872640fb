"""What was asked of the service on this machine, and what its supervisor says is there.

Two files and a lock in the data folder. Whoever calls ``review up`` writes what is wanted; only
the supervisor, which holds the lock as long as it lives, writes what is.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from deployments.server import ServerError
from deployments.service.identity import Process


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for. 0: as it is, or as it is usual; of ``limit``: none."""

    serial: str
    workers: int = 1
    limit: int = 0
    slots: int = 0
    port: int = 0
    webhook_port: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What is there. ``reached`` is the serial of what was wanted and has come to be."""

    supervisor: Process
    version: str
    given: str = ""
    reached: str = ""
    failed: str = ""
    workers: tuple[tuple[str, Process], ...] = ()
    """With their names; the webhook, where there is one, is the last of them."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where all of this is kept: in a data folder."""

    home: Path

    @property
    def folder(self) -> Path:
        """Return the folder of the service's own files."""
        return self.home / "service"

    @property
    def logs(self) -> Path:
        """Return the folder of what the service and its workers say."""
        return self.home / "logs"

    @property
    def log(self) -> Path:
        """Return where the supervisor says what happens."""
        return self.logs / "service.log"

    def make(self) -> None:
        """Make the folders.

        Raises:
            ServerError: they cannot be made.
        """
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.folder, self.logs):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ServerError(
                f"the data folder {self.home} cannot be written ({error.strerror}); "
                "name another with REVIEW_HOME"
            ) from error

    def wanted(self) -> Wanted | None:
        """Return what was asked for last."""
        said = _read(self.folder / "wanted.json")
        return Wanted(**said) if said.keys() == {field.name for field in fields(Wanted)} else None

    def ask(self, wanted: Wanted) -> None:
        """Say what is wanted."""
        _write(self.folder / "wanted.json", asdict(wanted))

    def state(self) -> State | None:
        """Return what the last supervisor has said; it may be dead."""
        said = _read(self.folder / "state.json")
        if said.keys() != {field.name for field in fields(State)}:
            return None
        workers = tuple((name, Process(**process)) for name, process in said["workers"])
        return State(**{**said, "supervisor": Process(**said["supervisor"]), "workers": workers})

    def keep(self, state: State) -> None:
        """Say what is there."""
        _write(self.folder / "state.json", asdict(state))

    def forget(self) -> None:
        """Take away what was asked for and what is said to be there: nothing is."""
        for name in ("wanted.json", "state.json"):
            (self.folder / name).unlink(missing_ok=True)

    def running(self) -> State | None:
        """Return what the supervisor says that lives, or None."""
        state = self.state()
        return state if state and state.supervisor.alive else None

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the lock of the supervisor; yields whether it was free. It ends with its process."""
        with (self.folder / "lock").open("w", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _read(path: Path) -> dict[str, Any]:
    """Return what a file says; nothing where it is not there, or not ours."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _write(path: Path, said: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(path)
