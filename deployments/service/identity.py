"""Processes that outlive whoever started them: known by number and birth, and ended for sure."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process: who it is, so that no other with the same number is taken for it."""

    pid: int
    born: str

    @classmethod
    def of(cls, pid: int) -> Process:
        """Return who has that number now."""
        return cls(pid, born(pid))

    @property
    def alive(self) -> bool:
        """Return whether this very process still runs."""
        return bool(self.born) and born(self.pid) == self.born


def born(pid: int) -> str:
    """Return when a process was started, in the kernel's ticks; empty where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]  # proc_pid_stat(5): state, starttime


def reaped(pid: int) -> int | None:
    """Return how our own child ended, negative for a signal; None where it lives or is not ours."""
    with contextlib.suppress(ChildProcessError):
        pid, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None
    return None


def end(pid: int, patience: float = 10) -> None:
    """Ask a process to end, and make it: with its group where it leads one."""
    for how, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if os.getpgid(pid) == pid else os.kill)(pid, how)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            reaped(pid)
            if not born(pid):
                return
            time.sleep(0.05)
