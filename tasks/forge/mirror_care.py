"""Keep the mirrors small: forget commits nobody has used for days, and whole repositories.

Who reads takes no lock: the commits of a running review were used when it began, so they are
days from being forgotten, and git finds an object again whose pack was replaced meanwhile.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.core.forge.fetching import KEPT, configuration
from tasks.errors import ReviewError
from tasks.forge.git_remote import FetchBounds, FetchFailedError, run
from tasks.forge.mirror_place import Busy, Mirror

DAY = 86_400
"""Seconds."""

PACKS = 20
"""So many fetches leave so many packs, and each is one more place to look."""

LAST = "last-care"
"""A file as old as the last time."""


@dataclass(frozen=True, slots=True)
class Cared:
    """What became of the mirrors: bytes before and after, what was forgotten, and what was not.

    ``commits`` are how many, ``repositories`` which. ``left`` are sentences: which mirror could
    not be cared for, and why.
    """

    before: int
    after: int
    commits: int = 0
    repositories: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def care_when_due(folder: Path, *, days: int = 14) -> Cared | None:
    """Care for the mirrors, unless that was done within a day."""
    last = folder / LAST
    begun = last.exists()
    if begun and time.time() - last.stat().st_mtime < DAY:
        return None
    with contextlib.suppress(OSError):  # a disk that is full: care makes room
        last.touch()  # first, so that no other review begins as well
    # in a new folder there is nothing to forget before tomorrow
    return care(folder, days=days) if begun else None


def care(folder: Path, *, days: int = 14, seconds: float = 300) -> Cared:
    """Forget what was not used for so many days, at least one; what is busy waits for next time.

    After ``seconds`` no other mirror is begun: the longest unattended come first.
    """
    until = time.monotonic() + seconds
    before, commits, repositories, left = _size(folder), 0, [], []
    for gone in folder.glob("*/*/*.gone-*"):  # whoever removed it was killed meanwhile
        shutil.rmtree(gone, ignore_errors=True)
    for mirror in sorted(_mirrors(folder), key=_last_care):
        try:
            forgotten = _care_for(mirror, time.time() - max(days, 1) * DAY, until)
        except (ReviewError, FetchFailedError, OSError) as error:
            left.append(f"{mirror.name}: {error}")
        else:
            commits += forgotten
            if not mirror.folder.exists():
                repositories.append(mirror.name)
    return Cared(before, _size(folder), commits, tuple(repositories), tuple(left))


def _mirrors(folder: Path) -> Iterator[Mirror]:
    for found in folder.glob("*/*/*.git"):
        yield Mirror(found)


def _last_care(mirror: Mirror) -> float:
    mark = mirror.folder / LAST
    return mark.stat().st_mtime if mark.exists() else 0.0


def _care_for(mirror: Mirror, since: float, until: float) -> int:
    """Forget what was not used since then; return how many commits.

    Raises:
        Busy: somebody writes to it, or there is no time left.
        FetchFailedError: git could not put what is left in order.
    """
    if time.monotonic() >= until:
        raise Busy(f"caring for {mirror.name}")
    with mirror.held(0) as hold:
        uses = {path.name: path.stat().st_mtime for path in mirror.used.glob("*")}
        if max(uses.values(), default=mirror.folder.stat().st_mtime) < since:
            mirror.remove()
            return len(uses)
        kept = set(mirror.git.run("for-each-ref", "--format=%(refname:lstrip=2)", KEPT).split())
        names = {name.decode() for name in kept}
        old = [name for name in names | set(uses) if uses.get(name, 0) < since]
        forget = "".join(f"delete {KEPT}{name}\n" for name in old if name in names)
        mirror.git.run("update-ref", "--stdin", given=forget.encode())
        for name in old:
            (mirror.used / name).unlink(missing_ok=True)
        if old or sum(1 for _ in mirror.folder.glob("objects/pack/*.pack")) > PACKS:
            _collect(mirror, hold, until - time.monotonic())
        (mirror.folder / LAST).touch()
    return len(old)


def _collect(mirror: Mirror, hold: int, seconds: float) -> None:
    """Let git remove what no ref leads to.

    It may do so at once: nothing that is not kept is in use, and we alone write here.

    Raises:
        FetchFailedError: it could not, or not in time.
    """
    run(
        mirror.folder,
        ["gc", "--quiet", "--prune=now"],
        settings=configuration("https://", "", 1),
        hold=hold,
        bounds=FetchBounds(max(seconds, 1), 1 << 40),
    )


def _size(folder: Path) -> int:
    """Return how many bytes are in the files of a folder, some of which may just vanish."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total
