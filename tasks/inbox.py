"""The inbox: deliveries of GitHub's that were accepted, on disk until they are dealt with.

One SQLite file, for two processes: one accepts, the other deals. What was accepted survives the
death of both, and of the machine.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.core.inbound.delivery import Delivery
from tasks.home import home
from tasks.inbox_file import opened
from tasks.inbox_writing import Writer

REMEMBERED = 7 * 86_400.0
"""Seconds for which an id is known after it was dealt with; GitHub sends again what is younger
than three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks"""

HEAD, LABELS = "head", "labels"
"""What a delivery tells of a pull request, and is outdated by others that tell it later."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery that waits: in which lane, how often it was tried, and when it came (Unix)."""

    delivery: Delivery
    lane: str
    attempts: int
    received: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries wait, how many of them were tried before, since when the oldest does."""

    waiting: int
    tried: int
    oldest: float | None


def inbox_path() -> Path:
    """Return where the inbox of the data folder is."""
    return home() / "webhook" / "inbox.db"


class Inbox:
    """What waits, and what was dealt with in the last days."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # a mark that a power cut undoes is made again: to deal twice is to deal once
        self._file = opened(path, synchronous="NORMAL")
        self._lock = threading.Lock()
        self._writer = Writer(path)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Write what is still to be accepted, and close the file."""
        self._writer.close()
        with self._lock:
            self._file.close()

    def accept(self, delivery: Delivery, lane: str = "") -> bool:
        """Keep a delivery; return False where its id was accepted before.

        It is on disk then. What has the same ``lane`` is dealt with in the order it came in.

        Raises:
            CannotKeep: it is not kept: the disk is full, or gone.
        """
        return self.accepting(delivery, lane).result()

    def accepting(self, delivery: Delivery, lane: str = "") -> Future[bool]:
        """Accept a delivery without waiting: what waits at the same time is written at once."""
        return self._writer.write(delivery, lane or delivery.id)

    def writable(self) -> Future[bool]:
        """Find out whether a delivery could be accepted now; raises CannotKeep where not."""
        return self._writer.write(None, "")

    def due(self, now: float, limit: int, besides: Collection[str] = ()) -> tuple[Kept, ...]:
        """Return of each lane the first that waits, if it is due; the oldest first.

        ``besides`` are lanes that are left out, because they are at work.
        """
        busy = tuple(besides)
        with self._reading() as file:
            rows = file.execute(
                "SELECT id, event, body, lane, attempts, received FROM deliveries WHERE seq IN "  # noqa: S608 - question marks only
                "(SELECT min(seq) FROM deliveries WHERE dealt IS NULL GROUP BY lane) "
                f"AND due <= ? AND lane NOT IN ({','.join('?' * len(busy))}) ORDER BY seq LIMIT ?",
                (now, *busy, limit),
            ).fetchall()
        return tuple(Kept(Delivery(*row[:3]), *row[3:]) for row in rows)

    def behind(self, kept: Kept) -> Delivery | None:
        """Return what waits next in its lane; None where nothing does."""
        with self._reading() as file:
            row = file.execute(
                "SELECT id, event, body FROM deliveries WHERE lane = ? AND dealt IS NULL "
                "AND seq > (SELECT seq FROM deliveries WHERE id = ?) ORDER BY seq LIMIT 1",
                (kept.lane, kept.delivery.id),
            ).fetchone()
        return None if row is None else Delivery(*row)

    def next_due(self, besides: Collection[str] = ()) -> float | None:
        """Return when the next first of a lane is due; None where nothing waits."""
        busy = tuple(besides)
        with self._reading() as file:
            (when,) = file.execute(
                "SELECT min(due) FROM deliveries WHERE seq IN "  # noqa: S608 - question marks only
                "(SELECT min(seq) FROM deliveries WHERE dealt IS NULL GROUP BY lane) "
                f"AND lane NOT IN ({','.join('?' * len(busy))})",
                busy,
            ).fetchone()
        return None if when is None else float(when)

    def dealt(self, id_: str, what: str) -> None:
        """Note what was done about it. Its id is known for days, its body is forgotten."""
        with self._reading() as file:
            file.execute(
                "UPDATE deliveries SET body = x'', dealt = ?, said = ? WHERE id = ?",
                (time.time(), what, id_),
            )

    def again(self, id_: str, why: str, when: float, *, counts: bool = True) -> None:
        """Note that it is to be tried again, and when. What is behind it in its lane waits too.

        ``counts``: as a try of this one; not where nothing could have been done.
        """
        with self._reading() as file:
            file.execute(
                "UPDATE deliveries SET attempts = attempts + ?, due = ?, said = ? WHERE id = ?",
                (int(counts), when, why, id_),
            )

    def said(self, id_: str) -> str | None:
        """Return what was noted last about a delivery; None where it is not known."""
        with self._reading() as file:
            row = file.execute("SELECT said FROM deliveries WHERE id = ?", (id_,)).fetchone()
        return None if row is None else str(row[0])

    def counts(self) -> Counts:
        """Return how many wait."""
        with self._reading() as file:
            row = file.execute(
                "SELECT count(*), coalesce(sum(attempts > 0), 0), min(received) FROM deliveries "
                "WHERE dealt IS NULL"
            ).fetchone()
        return Counts(*row)

    def newest(self, pull: str, updated: datetime, *, about: str = HEAD) -> bool:
        """Return whether nothing later was told of a pull request, and remember this.

        A push or an end is outdated by a later one of these. Labels are outdated by whatever
        is later; they outdate labels only: they say nothing of a push that is still on its way.
        """
        key, time_ = pull.lower(), updated.astimezone(UTC).isoformat(timespec="microseconds")
        rivals = (HEAD,) if about == HEAD else (HEAD, LABELS)
        with self._reading() as file:
            later = file.execute(
                "SELECT 1 FROM pulls WHERE pull = ? AND updated > ? AND about IN (?, ?)",
                (key, time_, rivals[0], rivals[-1]),
            ).fetchone()
            if later is None:
                file.execute(
                    "INSERT OR REPLACE INTO pulls VALUES (?, ?, ?, ?)",
                    (key, about, time_, time.time()),
                )
        return later is None

    def forget(self, before: float) -> int:
        """Forget the ids of what was dealt with before then (Unix); return how many."""
        with self._reading() as file:
            file.execute("DELETE FROM pulls WHERE seen < ?", (before,))
            return file.execute("DELETE FROM deliveries WHERE dealt < ?", (before,)).rowcount

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Let one thread at a time use the connection that is not the writer's."""
        with self._lock:
            yield self._file
