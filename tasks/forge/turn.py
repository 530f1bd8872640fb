"""One at a time: two processes of a machine never decide about the same pull request at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import ReviewError

WAIT_SECONDS = 300.0
"""Longer than anybody needs to say a verdict, with the rate limits that are waited out."""

PAUSE_SECONDS = 0.1

STOPPED_SECONDS = 5.0
"""Whose process is stopped (SIGSTOP) for so long is not waited for: should it ever go on, it reads
again before it writes (``tasks.forge.freshness``)."""


class NotMyTurn(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Another process keeps a pull request for itself for too long."""


@contextmanager
def turn(
    folder: Path,
    repository: str,
    number: int,
    *,
    wait_seconds: float = WAIT_SECONDS,
    stopped_seconds: float = STOPPED_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Wait until nobody else writes to this pull request, and keep it so.

    The kernel ends it with the process, whatever ends that: no lock is left over. The files
    stay, empty: to remove one is to let two processes lock two files of one name.

    Raises:
        NotMyTurn: somebody else had it all the time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{repository}#{number}".lower().replace("/", "@")  # neither name can hold an @
    end = time.monotonic() + wait_seconds
    with (folder / f"{name}.lock").open("a") as file:
        works = time.monotonic()
        while not _taken(file.fileno()):
            now = time.monotonic()
            works = works if _holder_is_stopped(file.fileno()) else now
            if now - works >= stopped_seconds:
                break
            if now >= end:
                raise NotMyTurn(
                    f"{repository}#{number}: another process of this machine has been saying "
                    f"its review for {wait_seconds:.0f} s; end it, or try again later"
                )
            sleep(PAUSE_SECONDS)
        yield


def _holder_is_stopped(file: int) -> bool:
    """Return whether all who hold a lock on this file are stopped; not so where nobody knows."""
    place = os.fstat(file)
    where = f"{os.major(place.st_dev):02x}:{os.minor(place.st_dev):02x}:{place.st_ino}"
    states = []
    with contextlib.suppress(OSError):  # no /proc, or it has just ended
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            _, kind, *rest = line.split()
            if kind == "FLOCK" and rest[3] == where:  # ADVISORY, WRITE, process, place
                state = Path("/proc", rest[2], "stat").read_text(encoding="utf-8", errors="replace")
                states.append(state.rpartition(")")[2].split()[0])
    return bool(states) and set(states) == {"T"}


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
