"""Killed at each point between two writes, the next run completes the rest: no double, no gap."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_github.faults import DroppedError
from tests.tasks.forge.exactly_once import AFTER, FIRST, assert_said, push, say_after, say_first
from tests.tasks.forge.scene import scene_of

PROJECT = Path(__file__).parents[3]

WRITES_FIRST = 4  # check run, review, summary, check run
WRITES_AFTER = 5  # check run, review, threads, summary, check run


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


class Killer:
    """Kills the program of a test at its n-th write: before that took effect, or after."""

    def __init__(self, scene, at: int, *, after: bool) -> None:
        self.scene, self.at, self.after = scene, at, after
        self.writes = 0
        self.child: subprocess.Popen[str] | None = None
        scene.hub.before_write, scene.hub.after_write = self._before, self._after

    def _before(self, _call) -> None:
        self.writes += 1
        if self.writes == self.at and not self.after:
            self._kill()
            raise DroppedError  # what was on its way never came

    def _after(self, _call) -> None:
        if self.writes == self.at and self.after:
            self._kill()

    def _kill(self) -> None:
        assert self.child
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()


def program(scene, lines, folder) -> subprocess.Popen[str]:
    """Start a process that says the review of the scene."""
    token = scene.connection.account.token()
    arguments = [scene.hub.api_url, str(folder), scene.head, str(lines[0]), str(lines[-1])]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tasks.forge.speaker", *arguments],
        cwd=PROJECT,
        env={**os.environ, "SPEAKER_TOKEN": token},
        stderr=subprocess.PIPE,
        text=True,
    )


def run(scene, lines, folder) -> None:
    with program(scene, lines, folder) as child:
        _, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors


def run_killed(scene, lines, folder, at, *, after) -> None:
    scene.connection.token()  # to get one is a write as well
    killer = Killer(scene, at, after=after)
    with program(scene, lines, folder) as child:
        killer.child = child
        _, errors = child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL, errors
    scene.hub.before_write = scene.hub.after_write = None


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, WRITES_FIRST + 1))
def test_a_first_review_that_is_killed_is_completed(scene, tmp_path, at, after):
    run_killed(scene, FIRST, tmp_path, at, after=after)
    run(scene, FIRST, tmp_path)
    assert_said(scene, FIRST)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, WRITES_AFTER + 1))
def test_a_later_review_that_is_killed_is_completed(scene, tmp_path, at, after):
    say_first(scene)
    push(scene)
    run_killed(scene, AFTER, tmp_path, at, after=after)
    run(scene, AFTER, tmp_path)
    assert_said(scene, AFTER, heads=2)


@pytest.mark.slow
def test_the_points_walked_are_all_there_are(scene):
    say_first(scene)
    assert len(scene.writes) == WRITES_FIRST
    push(scene)
    scene.hub.calls.clear()
    say_after(scene)
    assert len(scene.writes) == WRITES_AFTER


@pytest.mark.slow
def test_two_processes_at_once_say_it_once(scene, tmp_path):
    children = [program(scene, FIRST, tmp_path) for _ in range(2)]
    for child in children:
        with child:
            _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
    assert_said(scene, FIRST)
