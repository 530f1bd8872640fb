from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from deployments.cluster import processes
from deployments.cluster.member import Member

BARE = "import subprocess; subprocess.run(['sleep', '600'], env={})"
BUSY = """
import time
while time.process_time() < 0.5:
    pass
print("done", flush=True)
time.sleep(600)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


def wait_until(claim, seconds: float = 30):
    until = time.monotonic() + seconds
    while not (found := claim()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture
def member(tmp_path):
    """Start a program on a machine of a test's own."""
    started = []

    def start(program: str, name: str = "machine") -> Member:
        home = tmp_path / name
        environment = {"PATH": os.environ["PATH"], "REVIEW_HOME": str(home)}
        one = Member(name, [sys.executable, "-c", program], environment, home)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.end(patience=0)


def test_a_machine_that_runs_nothing_has_no_processes(tmp_path):
    assert processes.of_machine(tmp_path) == ()


def test_what_a_machine_runs_is_known_also_without_an_environment(member):
    machine = member(BARE)
    both = wait_until(lambda: len(processes.of_machine(machine.folder)) == 2)
    assert both
    assert machine.process.pid in processes.of_machine(machine.folder)
    assert processes.of(machine.process.pid) == processes.of_machine(machine.folder)


def test_a_machine_is_killed_with_everything_on_it_and_no_other_is(member):
    machine, other = member(BARE), member(BARE, "machine-2")
    wait_until(lambda: len(processes.of_machine(machine.folder)) == 2)
    wait_until(lambda: len(processes.of_machine(other.folder)) == 2)
    processes.kill_machine(machine.folder)
    assert processes.of_machine(machine.folder) == ()
    assert machine.has_died
    assert len(processes.of_machine(other.folder)) == 2


def test_the_cpu_of_a_process_is_counted(member):
    machine = member(BUSY)
    wait_until(lambda: "done" in machine.log.read_text())
    assert processes.seconds(processes.of_machine(machine.folder)) >= 0.4


def test_a_member_that_was_not_asked_to_end_has_died(member):
    one = member("import time; time.sleep(600)")
    assert one.alive
    one.signal(signal.SIGKILL)
    wait_until(lambda: one.has_died)
    one.start()
    assert one.alive
    one.end()
    assert not one.alive
    assert not one.has_died


def test_a_member_that_does_not_end_when_asked_is_made_to(member):
    one = member(DEAF)
    wait_until(one.log.read_text)
    one.end(patience=0.2)
    assert not one.alive


def test_last_words_are_the_last_line_of_the_log(member):
    one = member("raise SystemExit('no more room')")
    wait_until(lambda: one.has_died)
    assert one.last_words() == f"no more room (in {one.log})"
