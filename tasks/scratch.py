"""The folder of one review's own copies, gone with it, whatever ends it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "review-"

YOUNG = 60
"""Seconds in which a folder may not be locked yet by the review that has made it."""


@contextlib.contextmanager
def scratch_folder(root: str = "") -> Iterator[str]:
    """Yield an empty folder of our own; remove it, and what killed reviews left behind."""
    place = Path(root or tempfile.gettempdir())
    place.mkdir(parents=True, exist_ok=True)
    _sweep(place)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)  # gone with this process, whatever ends it
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _sweep(place: Path, young: float = YOUNG) -> None:
    """Remove our folders of processes that are no more.

    A process id means nothing to a review in another container that shares the place; a lock does.
    """
    for left in place.glob(f"{PREFIX}[0-9]*-*"):
        with contextlib.suppress(OSError):  # in use, somebody else's, or just gone
            _remove_unused(left, young)


def _remove_unused(left: Path, young: float) -> None:
    """Remove a folder of ours that nobody holds.

    Raises:
        OSError: it is not ours to remove.
    """
    lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        status = os.fstat(lock)
        if status.st_uid == os.geteuid() and time.time() - status.st_ctime > young:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(lock)
