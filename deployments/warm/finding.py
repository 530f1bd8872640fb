"""Find the warm parent for a run, and start it where there is none. Imports no Prefect."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from deployments.warm.stamp import settings_of, stamp_of
from deployments.warm.wire import is_ours
from tasks.errors import ReviewError
from tasks.home import home

PATIENCE = float(os.environ.get("REVIEW_WARM_PATIENCE_SECONDS", "60"))
"""Seconds a parent may take to import everything, on a busy machine, and then to answer."""

BACKLOG = 512


class NoParentError(ReviewError):
    """There is no warm parent, and none can be started."""


def folder(data: Path | None = None) -> Path:
    """Return the folder of the sockets in our data folder, which nobody else can look into.

    Raises:
        NoParentError: it is somebody else's.
    """
    place = (data or home()) / "warm"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise NoParentError(f"{place} can be used by others; make it a folder of mode 700")
    return place


def socket_of(name: str) -> Path:
    """Return the socket of a parent."""
    return folder() / f"{name}.sock"


def reach(environment: Mapping[str, str]) -> tuple[socket.socket, bool]:
    """Return a connection to the parent for such a run, and whether we have just started it.

    It may still have to import.

    Raises:
        NoParentError: this platform has none, or somebody else answers.
        OSError: it cannot be started.
    """
    if sys.platform != "linux":
        raise NoParentError("it needs Linux")
    name = stamp_of(environment)
    place = folder()
    with _address(place, f"{name}.sock") as address:
        connection = _connected(address)
        if connection:
            return connection, False
        with lock(place):
            connection = _connected(address)
            if connection:
                return connection, False
            _start(place, name, address, environment)
            connection = _connected(address)
    if connection is None:
        raise NoParentError(f"it ended at once; see {place / 'parent.log'}")
    return connection, True


def disown(environment: Mapping[str, str]) -> None:
    """Let the next run have a new parent: this one hangs. Where it does not, it ends by itself."""
    with lock(folder()):
        socket_of(stamp_of(environment)).unlink(missing_ok=True)


@contextlib.contextmanager
def _address(place: Path, name: str) -> Iterator[str]:
    """Yield a path that is short enough for a socket, however deep the folder is: unix(7)."""
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def _connected(address: str) -> socket.socket | None:
    """Return a connection, or None where nobody listens."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    try:
        connection.connect(address)
    except (FileNotFoundError, ConnectionError):
        connection.close()
        return None
    if not is_ours(connection):
        connection.close()
        raise NoParentError("somebody else's process answers")
    return connection


def _start(place: Path, name: str, address: str, environment: Mapping[str, str]) -> None:
    """Listen in the name of a new parent, and start it: clients queue while it imports."""
    import subprocess

    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)  # noqa: PTH108 - a dead one's
    with socket.socket(socket.AF_UNIX) as listener, (place / "parent.log").open("ab") as log:
        listener.bind(address)
        listener.listen(BACKLOG)
        subprocess.Popen(
            [sys.executable, "-P", "-m", "deployments.warm.parent", str(listener.fileno()), name],
            cwd=place,
            env=settings_of(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )


@contextlib.contextmanager
def lock(place: Path) -> Iterator[None]:
    """Let one process at a time start a parent, or take one's name away."""
    with (place / "lock").open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
