"""Look at the repositories of many accounts, a few at once, as long as time and limits allow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from tasks.core.forge.lookout import Known, Listing, Memory
from tasks.core.forge.open_pull import OpenPull
from tasks.errors import ReviewError
from tasks.forge.conditional import Allowance
from tasks.forge.connection import Connection
from tasks.forge.errors import BadCredentials, RateLimited, Unreachable
from tasks.forge.glance import Glance, Wish, glance

AT_ONCE = 4
"""Accounts, and repositories of one account, that are looked at at the same time."""

SILENT = 3
"""After so many repositories in a row that GitHub did not answer for, it is given up."""

SPENT = "the rest of this hour's requests is for the reviews"
LATE = "there was no more time"


@dataclass(frozen=True, slots=True)
class Place:
    """What one account sees: its repositories, as they are named or were seen the last time.

    ``listed`` asks GitHub for all there are now, where nobody named them.
    """

    name: str
    connect: Callable[[], Connection]
    repositories: tuple[str, ...] = ()
    listed: Callable[[Connection, Allowance], dict[str, Listing]] | None = None

    def looked(self, memory: Memory) -> float:
        """Return when we have looked at the one for which that is the longest time ago."""
        return min((memory.of(name).looked for name in self.repositories), default=0.0)


@dataclass(slots=True)
class Looked:
    """What was seen; ``unseen`` says why some was not, ``left`` which are the first next time."""

    glances: list[Glance] = field(default_factory=list)
    tried: dict[str, Known] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)
    left: int = 0
    seen: int = 0

    @property
    def pulls(self) -> tuple[OpenPull, ...]:
        """Return the open pull requests of where something has changed."""
        return tuple(pull for one in self.glances for pull in one.pulls)

    def add(self, other: Looked) -> None:
        """Take over what was seen elsewhere."""
        self.glances += other.glances
        self.tried |= other.tried
        self.listings |= other.listings
        self.unseen += other.unseen
        self.left += other.left
        self.seen += other.seen


class Until:
    """When to stop: after so many seconds, or when somebody says so."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    @property
    def is_over(self) -> bool:
        """Return whether to begin nothing more."""
        return self._stopped.is_set() or time.monotonic() > self._end


def look_around(
    places: Sequence[Place],
    memory: Memory,
    wish: Wish,
    wants: Callable[[str], bool],
    until: Until,
) -> Looked:
    """Return what is seen in all places; what cannot be seen keeps nobody from the others."""
    looked = Looked()
    first = sorted(places, key=lambda place: place.looked(memory))
    with ThreadPoolExecutor(AT_ONCE, "sweep") as pool:
        for found in pool.map(lambda place: _look_at(place, memory, wish, wants, until), first):
            looked.add(found)
    return looked


def _look_at(
    place: Place, memory: Memory, wish: Wish, wants: Callable[[str], bool], until: Until
) -> Looked:
    """Return what is seen in one place."""
    if until.is_over:
        return Looked(unseen=[f"{place.name}: not looked at, {LATE}"])
    allowance = Allowance()
    looked = Looked()
    try:
        with place.connect() as connection:
            if place.listed:
                looked.listings = place.listed(connection, allowance)
    except ReviewError as error:
        return Looked(unseen=[str(error)])
    listed = (name for page in looked.listings.values() for name in page.repositories)
    wanted = [name for name in (listed if place.listed else place.repositories) if wants(name)]
    _Round(place, memory, wish, until, allowance, looked).go(memory.longest_ago(wanted))
    return looked


@dataclass(slots=True)
class _Round:
    """A look at the repositories of one place, by a few threads."""

    place: Place
    memory: Memory
    wish: Wish
    until: Until
    allowance: Allowance
    looked: Looked
    why: str = ""
    silent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def go(self, repositories: Sequence[str]) -> None:
        """Look at them, in this order, until all were seen or it has to stop."""
        waiting = list(reversed(repositories))
        workers = min(AT_ONCE, len(waiting))
        with ThreadPoolExecutor(workers or 1, "sweep-repositories") as pool:
            for done in [pool.submit(self._work, waiting) for _ in range(workers)]:
                done.result()
        if waiting:
            self.looked.left += len(waiting)
            self.looked.unseen.append(
                f"{self.place.name}: {len(waiting)} not looked at, {self.why}: "
                "they come first the next time"
            )

    def _work(self, waiting: list[str]) -> None:
        """Look at what is left, one after the other, by a connection of this thread's own."""
        with self.place.connect() as connection:
            while True:
                with self.lock:
                    self.why = self.why or self._why_stop()
                    if self.why or not waiting:
                        return
                    repository = waiting.pop()
                if not self._one(connection, repository):
                    with self.lock:
                        waiting.append(repository)

    def _why_stop(self) -> str:
        if self.until.is_over:
            return LATE
        return SPENT if self.allowance.is_spent else ""

    def _one(self, connection: Connection, repository: str) -> bool:
        """Look at one; return False where it is to be tried again, at another time."""
        known = self.memory.of(repository)
        try:
            found = glance(connection, repository, known, self.wish, self.allowance)
        except (RateLimited, BadCredentials) as error:
            self.why = str(error)
            return False
        except ReviewError as error:
            with self.lock:
                self.looked.seen += 1
                self.looked.unseen.append(str(error))
                # not the first again the next time: it would keep us from all others
                self.looked.tried[repository] = replace(known, quiet=False, looked=time.time())
                self.silent = self.silent + 1 if isinstance(error, Unreachable) else 0
                if self.silent >= SILENT:
                    self.why = "GitHub does not answer"
            return True
        with self.lock:
            self.silent = 0
            self.looked.seen += 1
            self.looked.glances.append(found)
        return True
