"""Which processes of a data folder are ended as runs that nobody watches over any more."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deployments.service.leftovers import end_leftovers
from deployments.warm import COMMAND
from tests.deployments.warm.driver import alive


@pytest.fixture
def begin(tmp_path):
    """Begin a program that works in a data folder, in a session of its own as a worker does."""
    begun = []

    def start(*command: str, home: Path = tmp_path) -> subprocess.Popen[bytes]:
        env = {**os.environ, "REVIEW_HOME": str(home)}
        begun.append(subprocess.Popen(command, env=env))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()


def test_where_there_is_none_nothing_is_ended(begin, tmp_path):
    others = begin("sh", "-c", f"sleep 60; {COMMAND}", home=tmp_path / "another")
    program = begin("sleep", "60")

    assert end_leftovers(tmp_path) == 0
    assert (others.poll(), program.poll()) == (None, None)


def test_a_run_is_ended_also_before_the_shell_has_become_its_client(begin, tmp_path):
    shell = begin("sh", "-c", f"sleep 60; {COMMAND}")
    group = begin("sleep", "60")

    assert end_leftovers(tmp_path) == 1
    assert not alive(shell.pid)
    assert group.poll() is None
