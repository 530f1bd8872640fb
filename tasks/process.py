"""Run a program under a deadline: the only place that starts one, and that ends its tree.

Linux only: ``pidfd_open``, ``prlimit`` and ``/proc`` do what Python alone cannot.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MARK = "REVIEW_PROCESS"
"""An environment variable by which a program's descendants are found, wherever they moved."""

TICK = 0.2
"""Seconds between two looks at whether the review was told to stop."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use: bytes of address space, bytes a file, bytes of output read."""

    memory_bytes: int = 6 * 1024 * MEGABYTE
    file_bytes: int = 256 * MEGABYTE
    output_bytes: int = 64 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    ``exit_code`` is negative for a signal, as in ``subprocess``. ``stopped`` says why we
    ended it ourselves: ``deadline``, ``stop``, or nothing.
    """

    exit_code: int
    output: str
    errors: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stopped: str = ""
    cut: bool = False

    @property
    def last_words(self) -> str:
        """Return the last line it wrote to standard error, shortened."""
        lines = self.errors.strip().splitlines()
        return lines[-1].strip()[:300] if lines else "it said nothing"

    @property
    def signal(self) -> str:
        """Return the name of the signal it died of, or an empty string."""
        if self.exit_code >= 0:
            return ""
        try:
            return signal.Signals(-self.exit_code).name
        except ValueError:
            return f"signal {-self.exit_code}"


def bare_environment(home: str) -> dict[str, str]:
    """Return the environment of a tool: nothing of ours but where programs are."""
    ours = str(Path(sys.executable).parent)
    return {
        "PATH": f"{ours}:/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": home,
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RUST_MIN_STACK": str(64 * MEGABYTE),  # deep files overflow the 2 MiB of a thread
    }


def run(
    command: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    seconds: float,
    limits: Limits | None = None,
    stop: threading.Event | None = None,
    stdin: bytes = b"",
) -> Ended:
    """Run a command and wait for it, at most ``seconds``; then its whole tree is dead.

    Raises:
        FileNotFoundError: there is no such program.
        OSError: it cannot be started: too many arguments, not a program.
        ValueError: an argument has a NUL in it.
    """
    limits = limits or Limits()
    mark = uuid.uuid4().hex
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, _given(stdin) as given:
        started = time.monotonic()
        process = subprocess.Popen(
            [*_limited(command, env, limits, seconds), *command],
            cwd=cwd,
            env={**env, MARK: mark},
            stdin=given,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        stopped = "interrupted"
        try:
            stopped = _wait(process.pid, started + seconds, stop)
        finally:
            kill_tree(process.pid, mark)  # before it is reaped: its id cannot be another's yet
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        output, cut = _read(out, limits.output_bytes)
        errors, _ = _read(err, MEGABYTE)
    return Ended(
        exit_code=process.returncode,
        output=output,
        errors=errors,
        seconds=time.monotonic() - started,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        stopped=stopped,
        cut=cut,
    )


@contextlib.contextmanager
def _given(data: bytes):  # type: ignore[no-untyped-def] # noqa: ANN202 - an int or a file
    """Yield what to give as standard input."""
    if not data:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file


LIMITED = (
    'unset PWD; ulimit -c 0; ulimit -v "$1"; ulimit -f "$2"; ulimit -t "$3"; shift 3; exec "$@"'
)
"""Sets kilobytes of memory, blocks of 512 bytes a file and seconds, and becomes the program.

From outside it would be too late: what a program starts at once would have no limits.
"""


def _limited(
    command: Sequence[str], env: Mapping[str, str], limits: Limits, seconds: float
) -> list[str]:
    """Return what comes before a command so that it has its limits before it begins.

    Raises:
        FileNotFoundError: there is no such program.
    """
    if shutil.which(command[0], path=env.get("PATH", os.defpath)) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    cpu = int(seconds * (os.cpu_count() or 1)) + 1
    memory = _at_most(limits.memory_bytes, resource.RLIMIT_AS) // 1024
    file = _at_most(limits.file_bytes, resource.RLIMIT_FSIZE) // 512
    most = _at_most(cpu, resource.RLIMIT_CPU)
    return ["/bin/sh", "-c", LIMITED, "sh", str(memory), str(file), str(most)]


def _at_most(wanted: int, what: int) -> int:
    """Return a limit, or our own where that is lower: nobody may raise it."""
    ours = resource.getrlimit(what)[1]
    return wanted if ours == resource.RLIM_INFINITY else min(wanted, ours)


def _wait(pid: int, until: float, stop: threading.Event | None) -> str:
    """Wait for the program, without reaping it; return why it has to be ended, or nothing."""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        while True:
            left = until - time.monotonic()
            if left <= 0:
                return "deadline"
            if stop is not None and stop.is_set():
                return "stop"
            if poll.poll(min(left, TICK if stop is not None else left) * 1000):
                return ""
    finally:
        os.close(handle)


def kill_tree(pid: int, mark: str) -> None:
    """Kill a program, its group, and every descendant that carries its mark."""
    _kill_group(pid)
    for _ in range(20):  # a fork may run ahead of us a few times, not for ever
        if not _kill_marked(mark, but=pid):
            return
        time.sleep(0.01)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill_marked(mark: str, but: int) -> bool:
    """Kill the live processes whose environment carries the mark; return whether any did."""
    wanted = f"{MARK}={mark}".encode()
    found = False
    for name in os.listdir("/proc"):  # noqa: PTH208 - every look costs, and there are many
        if not name.isdigit() or int(name) == but:
            continue
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(int(name))  # so that what is looked at is what is killed
            try:
                if wanted in Path("/proc", name, "environ").read_bytes():
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    found = True
            finally:
                os.close(handle)
    return found


def _read(file: IO[bytes], cap: int) -> tuple[str, bool]:
    """Return what a program wrote, up to a cap, and whether there was more."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return file.read(cap).decode("utf-8", "replace"), size > cap
