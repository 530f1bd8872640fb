from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tasks.process import Ended, Limits, bare_environment, run

PYTHON = (sys.executable, "-I", "-c")


@pytest.fixture
def start(tmp_path):
    def start(*command, seconds=20, **more):
        env = bare_environment(str(tmp_path))
        return run(command, cwd=str(tmp_path), env=env, seconds=seconds, **more)

    return start


def test_a_program_that_says_nothing_has_said_nothing(start):
    ended = start("true")
    assert (ended.exit_code, ended.output, ended.errors) == (0, "", "")
    assert (ended.stopped, ended.cut, ended.signal) == ("", False, "")
    assert ended.last_words == "it said nothing"


def test_what_a_program_says_is_kept_apart(start):
    ended = start("sh", "-c", "echo out; echo one >&2; echo ' two ' >&2; exit 3")
    assert (ended.exit_code, ended.output, ended.last_words) == (3, "out\n", "two")


def test_what_it_cost_is_measured(start):
    ended = start(*PYTHON, "x = b'x' * 100_000_000\nsum(range(2_000_000))")
    assert ended.peak_bytes > 100_000_000
    assert ended.cpu_seconds > 0.01
    assert ended.seconds >= ended.cpu_seconds * 0.5


def test_it_reads_what_it_is_given_and_else_nothing(start):
    assert start("cat", stdin=b"given").output == "given"
    assert start("cat").output == ""


def test_bytes_that_are_no_text_are_replaced(start):
    assert start("printf", r"a\377b").output == "a\ufffdb"


def test_its_environment_has_nothing_of_ours(start, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "x" * 20)
    names = {line.partition("=")[0] for line in start("env").output.splitlines()}
    assert names == {*bare_environment("/"), "REVIEW_PROCESS"}


def test_no_program_is_said(start):
    with pytest.raises(FileNotFoundError):
        start("no-such-program")


@pytest.mark.parametrize("arguments", [("x" * 3_000_000,), ("x" * 100_000,) * 40])
def test_too_many_arguments_are_said_and_leave_nothing_behind(start, arguments):
    before = _open_files()
    with pytest.raises(OSError, match="too long") as error:
        start("true", *arguments)
    assert error.value.errno == errno.E2BIG
    assert _open_files() == before


def test_an_environment_that_is_too_large_is_said(tmp_path):
    with pytest.raises(OSError, match="too long"):
        run(["true"], cwd=str(tmp_path), env={"A": "x" * 3_000_000}, seconds=5)


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, ""), (1, ""), (-6, "SIGABRT"), (-9, "SIGKILL"), (-11, "SIGSEGV"), (-35, "signal 35")],
)
def test_a_signal_is_named(code, name):
    assert Ended(code, "", "", 0, 0, 0).signal == name


def test_a_crash_is_told_from_an_exit(start):
    ended = start("sh", "-c", "kill -SEGV $$")
    assert (ended.signal, ended.stopped) == ("SIGSEGV", "")


def test_last_words_are_short():
    assert len(Ended(1, "", "x" * 999, 0, 0, 0).last_words) == 300


ESCAPES = {
    "ignores": "trap '' TERM INT HUP; while :; do sleep 0.1; done",
    "forks": "sleep 60 & sleep 60 & sleep 60",
    "leaves its session": "setsid sleep 60 & sleep 60",
    "forks twice": "(setsid sh -c 'sleep 60 & sleep 60' &) ; sleep 60",
    "stops": "kill -STOP $$",
}


@pytest.mark.parametrize("how", ESCAPES)
def test_at_the_deadline_the_whole_tree_is_dead(start, tmp_path, how):
    started = time.monotonic()
    ended = start("sh", "-c", f": {tmp_path}; {ESCAPES[how]}", seconds=0.5)
    assert time.monotonic() - started < 1.5
    assert (ended.stopped, ended.signal) == ("deadline", "SIGKILL")
    assert _living(tmp_path) == []


DAEMON = """
import os, signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 99)
        os.chdir("/")
        time.sleep(60)
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize(("stays", "stopped"), [("time.sleep(60)", "deadline"), ("", "")])
def test_a_daemon_does_not_outlive_its_program(start, tmp_path, stays, stopped):
    ended = start(*PYTHON, f"{DAEMON}\n{stays}", seconds=1.0)
    assert ended.stopped == stopped
    assert _living(tmp_path) == []


def test_it_ends_when_it_is_told_to(start, tmp_path):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    ended = start("sh", "-c", "sleep 60 & sleep 60", stop=stop)
    assert time.monotonic() - started < 2
    assert ended.stopped == "stop"
    assert _living(tmp_path) == []


def test_an_event_that_is_not_set_changes_nothing(start):
    assert start("sleep", "0.5", stop=threading.Event()).stopped == ""


def test_no_time_is_a_deadline(start):
    assert start("sleep", "60", seconds=0).stopped == "deadline"


def test_memory_is_limited(start):
    ended = start(*PYTHON, "x = bytearray(1 << 30)", limits=Limits(memory_bytes=256 << 20))
    assert ended.exit_code == 1
    assert "MemoryError" in ended.errors


def test_the_size_of_a_file_is_limited(start, tmp_path):
    ended = start("sh", "-c", "yes > file", limits=Limits(file_bytes=1 << 20))
    assert ended.exit_code
    assert (tmp_path / "file").stat().st_size == 1 << 20
    assert ended.seconds < 10


def test_what_a_program_starts_at_once_has_its_limits_too(start):
    limits = Limits(memory_bytes=64 << 20, file_bytes=1 << 20)
    said = start("sh", "-c", "sh -c 'ulimit -v; ulimit -f; ulimit -c; ulimit -t'", limits=limits)
    memory, file, core, cpu = said.output.split()
    assert (memory, file, core) == (str(64 << 10), str(2 << 10), "0")
    assert int(cpu) > 20


def test_a_limit_of_our_own_is_not_raised():
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from tasks.process import run, bare_environment\n"
        "said = run(['sh', '-c', 'ulimit -f'], cwd='/', env=bare_environment('/'), seconds=9)\n"
        "sys.stdout.write(said.output)"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run([*PYTHON[:1], "-c", script], cwd=root, capture_output=True, check=True)
    assert said.stdout == b"8\n"


def test_output_is_read_up_to_a_cap(start):
    ended = start("sh", "-c", "head -c 5000 /dev/zero", limits=Limits(output_bytes=1000))
    assert (len(ended.output), ended.cut) == (1000, True)
    ended = start("sh", "-c", "head -c 1000 /dev/zero", limits=Limits(output_bytes=1000))
    assert (len(ended.output), ended.cut) == (1000, False)


def test_two_hundred_runs_leave_nothing_behind(start):
    start("true")
    files, children = _open_files(), _children()
    started = time.monotonic()
    for _ in range(200):
        start("true")
    assert _children() == children
    assert _open_files() <= files  # what other tests of this process have left may be closed
    assert time.monotonic() - started < 20


def test_programs_side_by_side_do_not_end_each_other(start):
    ended = []
    threads = [
        threading.Thread(target=lambda s=s: ended.append(start("sleep", "0.6", seconds=s)))
        for s in (0.2, 0.3, 20, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.stopped for one in ended) == ["", "", "deadline", "deadline"]
    assert [one.exit_code for one in ended if not one.stopped] == [0, 0]


def test_a_tree_is_killed_only_by_its_own_mark(start):
    pid = os.posix_spawn("/bin/sleep", ["sleep", "20"], {"REVIEW_PROCESS": "another"})
    try:
        start("sh", "-c", "sleep 60", seconds=0.2)
        assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _living(folder):
    """Return the live processes whose home is this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"HOME={folder}\0".encode() not in (entry / "environ").read_bytes():
                    continue
                if entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX":
                    found.append(entry.joinpath("cmdline").read_bytes())
            except OSError:
                continue
    return found


def _open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def _children():
    tasks = Path("/proc/self/task")
    return sorted(
        child for task in tasks.iterdir() for child in (task / "children").read_text().split()
    )
