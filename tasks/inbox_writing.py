"""Writes deliveries to the inbox's disk: those that wait at the same time share one commit."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from pathlib import Path

from tasks.core.inbound.delivery import Delivery
from tasks.inbox_file import CannotKeep, opened

TOGETHER = 200
"""Deliveries of one commit, at most."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that is to be written, and who waits for it. None: a trial, nothing is kept."""

    delivery: Delivery | None
    lane: str
    kept: Future[bool] = field(default_factory=Future)

    def tell(self, *, new: bool) -> None:
        """Tell who waits that it is kept, unless nobody waits any more."""
        with contextlib.suppress(InvalidStateError):
            self.kept.set_result(new)

    def refuse(self, why: CannotKeep) -> None:
        """Tell who waits that it cannot be kept, unless nobody waits any more."""
        with contextlib.suppress(InvalidStateError):
            self.kept.set_exception(why)


class Writer:
    """A thread that writes what it is given, and its connection to the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._letters: queue.SimpleQueue[Letter | None] = queue.SimpleQueue()
        self._file: sqlite3.Connection | None = None
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._lock = threading.Lock()

    def write(self, delivery: Delivery | None, lane: str) -> Future[bool]:
        """Have it written; the result comes when it is on disk: whether its id was unknown."""
        letter = Letter(delivery, lane)
        self._letters.put(letter)
        with self._lock:
            if not self._thread.is_alive() and self._thread.ident is None:
                self._thread.start()
        return letter.kept

    def close(self) -> None:
        """Write what is waiting, and end."""
        if self._thread.ident is not None:
            self._letters.put(None)
            self._thread.join()

    def _run(self) -> None:
        """Write until we are closed."""
        open_ = True
        while open_:
            batch = [self._letters.get()]
            with contextlib.suppress(queue.Empty):
                while len(batch) < TOGETHER:
                    batch.append(self._letters.get_nowait())
            open_ = None not in batch
            letters = [letter for letter in batch if letter]
            if letters and not self._written(letters) and len(letters) > 1:
                for letter in letters:  # one that is too large does not take others with it
                    self._written([letter], last=True)
        if self._file:
            self._file.close()

    def _written(self, letters: Sequence[Letter], *, last: bool = False) -> bool:
        """Write these, all or none; return whether they are on disk."""
        try:
            answers = self._commit(letters)
        except (sqlite3.Error, CannotKeep, OSError) as error:
            self._undo()
            if last or len(letters) == 1:
                why = CannotKeep(f"the inbox {self._path} cannot be written: {error}")
                for letter in letters:
                    letter.refuse(why)
            return False
        for letter, answer in zip(letters, answers, strict=True):
            letter.tell(new=answer)
        return True

    def _commit(self, letters: Sequence[Letter]) -> list[bool]:
        if self._file is None:
            self._file = opened(self._path, synchronous="FULL")
        now = time.time()
        self._file.execute("BEGIN IMMEDIATE")
        answers = [_insert(self._file, letter, now) for letter in letters]
        self._file.execute("COMMIT")
        return answers

    def _undo(self) -> None:
        """Leave nothing half written; the next write begins with a fresh connection."""
        if self._file:
            with contextlib.suppress(sqlite3.Error):
                self._file.execute("ROLLBACK")
            self._file.close()
            self._file = None


def _insert(file: sqlite3.Connection, letter: Letter, now: float) -> bool:
    if letter.delivery is None:  # to be written to, and so found writable
        file.execute("INSERT OR REPLACE INTO pulls VALUES ('', 'trial', '', ?)", (now,))
        return True
    one = letter.delivery
    done = file.execute(
        "INSERT INTO deliveries (id, event, body, lane, received, due) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO NOTHING",
        (one.id, one.event, one.body, letter.lane, now, now),
    )
    return done.rowcount == 1
