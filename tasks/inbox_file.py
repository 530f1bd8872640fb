"""The file of the inbox: its tables, and how it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tasks.errors import ReviewError

PATIENCE = 5.0
"""Seconds to wait while the other process writes; GitHub waits ten for an answer."""

CHECKPOINT = 4000
"""Pages of 4 kB after which what was written is moved to its place: rarely, for who waits."""

TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
        "id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, body BLOB NOT NULL, lane TEXT NOT NULL, "
        "received REAL NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, "
        "dealt REAL, said TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE INDEX IF NOT EXISTS waiting ON deliveries (lane, seq) WHERE dealt IS NULL",
    "CREATE INDEX IF NOT EXISTS old ON deliveries (dealt) WHERE dealt IS NOT NULL",
    (
        "CREATE TABLE IF NOT EXISTS pulls (pull TEXT NOT NULL, about TEXT NOT NULL, "
        "updated TEXT NOT NULL, seen REAL NOT NULL, PRIMARY KEY (pull, about)) WITHOUT ROWID"
    ),
)
"""``due``, ``received``, ``dealt`` and ``seen`` are Unix times; ``updated`` is GitHub's, in UTC."""


class CannotKeep(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """A delivery could not be written, or the inbox not be opened. Nothing of it is kept."""


def opened(path: Path, *, synchronous: str) -> sqlite3.Connection:
    """Open the file, and make its tables where they are not there.

    Raises:
        CannotKeep: it cannot be.
    """
    try:
        file = sqlite3.connect(path, PATIENCE, isolation_level=None, check_same_thread=False)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(f"PRAGMA synchronous = {synchronous}")
        file.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        for table in TABLES:
            file.execute(table)
    except sqlite3.Error as error:
        raise CannotKeep(f"the inbox {path} cannot be opened: {error}") from error
    path.chmod(0o600)  # payloads tell of private repositories
    return file
