"""Make room on this machine: old results, audits, scratch folders and mirrors nobody uses.

Whatever is removed here is asked for again where it is needed: nothing of it is a record.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tasks.core.render.words import count
from tasks.forge.mirror_care import DAY, care
from tasks.home import home
from tasks.keys import KEPT
from tasks.scratch import PREFIX, YOUNG
from tasks.service.audits import FOLDER

SAID = "said-"
"""What begins the name of a record of what tools have said (``tasks.results``)."""

HEAD = 4096
"""Bytes of a record that hold what Prefect says of it: until when it is good."""

EXPIRES = re.compile(rb'"expiration":("[^"]{10,40}"|null)')

NAMELESS = re.compile(r"[0-9a-f]{32}")
"""What Prefect calls a result that has no key."""


@dataclass(frozen=True, slots=True)
class Freed:
    """What was removed of one kind, or would be: how much, and what there is to say of it."""

    what: str
    removed: int = 0
    bytes: int = 0
    said: str = ""


def free_results(storage: Path, before: float, *, dry: bool) -> Freed:
    """Remove results that are no more good, and those kept for runs that began before a time.

    ``before`` is in seconds since the epoch. Others than ours may keep results in the same
    folder: of theirs only what has expired is removed, which Prefect would not read again.
    """
    ours = home() in storage.parents
    old = (
        path
        for path in _files(storage)
        if _expired(path) or (_is_ours(path.name, ours=ours) and _touched(path) < before)
    )
    return _remove("results", old, dry=dry)


def free_audits(before: float, *, dry: bool) -> Freed:
    """Remove audits from before a time, but never a repository's last one."""
    folder = home() / FOLDER
    old: list[Path] = []
    for repository in folder.glob("*/*"):
        kept = sorted(repository.glob("*.sarif"), key=_touched, reverse=True)
        old += [path for path in kept[1:] if _touched(path) < before]
    return _remove("audits", old, dry=dry)


def free_scratch(place: Path, *, dry: bool, young: float = YOUNG) -> Freed:
    """Remove the folders of reviews whose process is no more: nobody holds their lock.

    ``young`` are the seconds in which the review that made one may not hold it yet.
    """
    removed = size = 0
    for folder in place.glob(f"{PREFIX}[0-9]*-*"):
        with contextlib.suppress(OSError):  # in use, somebody else's, or just gone
            size += _remove_unheld(folder, young, dry=dry)
            removed += 1
    return Freed("scratch folders", removed, size)


def free_mirrors(days: int, *, dry: bool) -> Freed:
    """Forget commits and repositories that no review has used for so many days."""
    folder = home() / "mirrors"
    if dry:
        since = time.time() - days * DAY
        used = {
            mirror: max(map(_touched, mirror.glob("used/*")), default=_touched(mirror))
            for mirror in folder.glob("*/*/*.git")
        }
        unused = [mirror for mirror, last in used.items() if last < since]
        size = sum(_size(mirror) for mirror in unused)
        return Freed("mirrors", len(unused), size, "whole ones only: what else, git finds out")
    if not folder.is_dir():
        return Freed("mirrors")
    cared = care(folder, days=days)
    said = "; ".join((f"{count(cared.commits, 'commit')} forgotten", *cared.left))
    freed = max(cared.before - cared.after, 0)
    return Freed("mirrors", len(cared.repositories), freed, said[:1000])


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*") if path.is_file() and not path.is_symlink())


def _is_ours(name: str, *, ours: bool) -> bool:
    return name.startswith((KEPT, SAID)) or (ours and bool(NAMELESS.fullmatch(name)))


def _expired(path: Path) -> bool:
    """Return whether a record says that it is good no longer."""
    with contextlib.suppress(OSError, ValueError), path.open("rb") as file:
        found = EXPIRES.search(file.read(HEAD))
        until = str(json.loads(found[1]) or "") if found else ""
        return bool(until) and datetime.fromisoformat(until) < datetime.now(UTC)
    return False


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # just gone: nothing to remove
        return time.time()


def _remove(what: str, paths: Iterable[Path], *, dry: bool) -> Freed:
    removed = size = 0
    for path in paths:
        with contextlib.suppress(OSError):
            size += path.stat().st_size
            if not dry:
                path.unlink()
            removed += 1
    return Freed(what, removed, size)


def _remove_unheld(folder: Path, young: float, *, dry: bool) -> int:
    """Remove a scratch folder of ours that nobody holds; return how many bytes were in it.

    Raises:
        OSError: it is not ours to remove.
    """
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        status = os.fstat(lock)
        if status.st_uid != os.geteuid() or time.time() - status.st_ctime <= young:
            raise BlockingIOError(folder)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        size = _size(folder)
        if not dry:
            shutil.rmtree(folder, ignore_errors=True)
        return size
    finally:
        os.close(lock)


def _size(folder: Path) -> int:
    """Return how many bytes are in the files of a folder, some of which may just vanish."""
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += Path(where, name).lstat().st_size
    return total
