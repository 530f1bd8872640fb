"""Data folders whose server needs not make Prefect's tables first, which takes many seconds.

They are made once for all workers of a test session, by a server as users have it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from deployments.server import Server


def folder_with_tables(name: str, factory: pytest.TempPathFactory) -> Path:
    """Return a new data folder with the database of a server that nobody has used yet."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, folder = shared / "tables", factory.mktemp(name)
    with (shared / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            server = Server(shared / "tables.part")
            server.ensure()
            server.stop()
            server.folder.rename(made)
    (folder / "prefect").mkdir()
    for file in (made / "prefect").glob("prefect.db*"):
        shutil.copy(file, folder / "prefect")
    return folder
