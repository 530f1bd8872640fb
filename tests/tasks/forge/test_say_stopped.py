"""Stopped between two writes for so long that another process says it all: exactly once."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tasks.forge.freshness import SLOW_READS, Freshness, StaleError
from tests.tasks.forge.exactly_once import FIRST, assert_said
from tests.tasks.forge.scene import scene_of
from tests.tasks.forge.test_say_killed import program, run

FRESH = 1.0
AT = 2  # the review is posted: its summary and its check run are missing


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


@pytest.mark.slow
def test_who_was_stopped_looks_again_before_it_goes_on(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("SPEAKER_FRESH", str(FRESH))
    scene.connection.token()  # to get one is a write as well
    writes = []

    def stop(_call):
        writes.append(1)
        if len(writes) == AT:
            os.kill(stopped.pid, signal.SIGSTOP)

    scene.hub.after_write = stop
    with program(scene, FIRST, tmp_path) as stopped:
        while len(writes) < AT:
            time.sleep(0.01)
        scene.hub.after_write = None
        run(scene, FIRST, tmp_path)
        assert_said(scene, FIRST)
        time.sleep(FRESH)
        stopped.send_signal(signal.SIGCONT)
        _, errors = stopped.communicate(timeout=120)

    assert stopped.returncode == 0, errors
    assert_said(scene, FIRST)


def test_what_was_just_read_is_acted_upon():
    Freshness().must_do()


def test_what_is_old_is_not_acted_upon_until_it_was_read_again():
    fresh = Freshness(seconds=0.05)
    time.sleep(0.06)
    with pytest.raises(StaleError):
        fresh.must_do()
    fresh.read(lambda: None)
    fresh.must_do()


def test_where_reading_itself_takes_too_long_it_goes_on_after_some_tries():
    fresh = Freshness(seconds=-1)
    for _ in range(SLOW_READS):
        with pytest.raises(StaleError):
            fresh.must_do()
    fresh.must_do()


def test_who_may_not_write_any_more_does_not():
    def refuse():
        raise PermissionError

    with pytest.raises(PermissionError):
        Freshness(allowed=refuse).must_do()
