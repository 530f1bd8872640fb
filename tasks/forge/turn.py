"""One at a time: two processes of a machine never decide about the same pull request at once."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import ReviewError

WAIT_SECONDS = 300.0
"""Longer than anybody needs to say a verdict, with the rate limits that are waited out."""

PAUSE_SECONDS = 0.1


class NotMyTurn(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Another process keeps a pull request for itself for too long."""


@contextmanager
def turn(
    folder: Path,
    repository: str,
    number: int,
    *,
    wait_seconds: float = WAIT_SECONDS,
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
        while not _taken(file.fileno()):
            if time.monotonic() >= end:
                raise NotMyTurn(
                    f"{repository}#{number}: another process of this machine has been saying "
                    f"its review for {wait_seconds:.0f} s; end it, or try again later"
                )
            sleep(PAUSE_SECONDS)
        yield


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
