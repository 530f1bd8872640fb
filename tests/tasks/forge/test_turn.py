"""Whose turn it is, between threads and between processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tasks.forge.turn import NotMyTurn, turn

HOLD = """
import sys, time
from pathlib import Path
from tasks.forge.turn import turn
with turn(Path(sys.argv[1]), "acme/shop", 7):
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process whose turn it is."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout
        assert child.stdout.readline() == "mine\n"
        yield child
        child.kill()


def test_nobody_waits_for_another_pull_request(tmp_path):
    with (
        turn(tmp_path, "acme/shop", 7),
        turn(tmp_path, "acme/shop", 8, wait_seconds=0),
        turn(tmp_path, "acme/shop-7", 7, wait_seconds=0),
    ):
        pass


def test_a_name_in_other_letters_is_the_same_pull_request(tmp_path):
    with (
        turn(tmp_path, "acme/shop", 7),
        pytest.raises(NotMyTurn),
        turn(tmp_path, "Acme/Shop", 7, wait_seconds=0),
    ):
        pass


def test_two_threads_go_one_after_the_other(tmp_path):
    inside, most = 0, 0
    seen = threading.Lock()

    def go():
        nonlocal inside, most
        with turn(tmp_path, "acme/shop", 7, sleep=lambda _: time.sleep(0.001)):
            with seen:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with seen:
                inside -= 1

    threads = [threading.Thread(target=go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_waits_in_vain_is_told_for_what(tmp_path, holder):
    with (
        pytest.raises(NotMyTurn, match=r"acme/shop#7.*another process.*try again later"),
        turn(tmp_path, "acme/shop", 7, wait_seconds=0.2),
    ):
        pass


def test_a_process_that_is_killed_leaves_its_turn_to_the_next(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    with turn(Path(tmp_path), "acme/shop", 7, wait_seconds=10):
        pass


def test_a_process_that_is_stopped_is_not_waited_for(tmp_path, holder):
    holder.send_signal(signal.SIGSTOP)
    with turn(Path(tmp_path), "acme/shop", 7, wait_seconds=30, stopped_seconds=0.3):
        pass
    holder.send_signal(signal.SIGCONT)
    with (
        pytest.raises(NotMyTurn),
        turn(Path(tmp_path), "acme/shop", 7, wait_seconds=1, stopped_seconds=0.3),
    ):
        pass
