"""The command as a user runs it: a process of its own, in a data folder of this session's own."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.server import Server
from tests.tables import folder_with_tables

REVIEW = Path(sys.executable).parent / "review"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder of these tests alone, and with it a server: others leave reviews on theirs."""
    folder = folder_with_tables("command", tmp_path_factory)
    yield folder
    Server(folder).stop()


@pytest.fixture
def review(data, project):
    """Run ``review`` in the project; returns the ended process."""

    def run(*arguments, cwd=None, **environment):
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
        return subprocess.run(
            [REVIEW, *arguments],
            cwd=cwd or project.folder,
            env={**kept, "REVIEW_HOME": str(data), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def on_terminal(data):
    """Run ``review`` on a terminal; returns its exit code, and all that it wrote there."""

    def run(*arguments, cwd=None, **environment):
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [REVIEW, *arguments],
            cwd=cwd,
            env={**kept, "REVIEW_HOME": str(data), "TERM": "xterm-256color", **environment},
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # Linux says EIO when the other side is closed
            while read := os.read(ours, 4096):
                said += read
        os.close(ours)
        return process.wait(), said

    return run
