"""End the tools of a run that was killed: what it had started must not work on for nobody."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Collection, Mapping
from pathlib import Path

from tasks.process import MARK

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt() -> None:
    """Become the parent of whatever a descendant leaves behind."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(runs: Collection[int]) -> None:
    """Kill the tools that we have adopted from runs that are dead; ``runs`` are those that live.

    A tool has the mark of the call that started it (``tasks.process``), and by that call's own
    word ends with it. What has no mark was left to work on, and is left.
    """
    parents = _parents()
    orphans = [pid for pid, parent in parents.items() if parent == os.getpid() and pid not in runs]
    if not orphans:
        return
    at_work = {_mark(pid) for pid in parents if _descends(pid, runs, parents)}
    for pid in orphans:
        mark = _mark(pid)
        if mark and mark not in at_work:
            os.kill(pid, signal.SIGKILL)  # nobody but us reaps it: the number is still its own


def _parents() -> dict[int, int]:
    """Return the parent of every process that lives."""
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - there are many
        if name.isdigit():
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace")
                state, parent = text.rpartition(")")[2].split()[:2]  # proc_pid_stat(5)
                if state != "Z":
                    found[int(name)] = int(parent)
    return found


def _descends(pid: int, runs: Collection[int], parents: Mapping[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid in runs:
            return True
    return False


def _mark(pid: int) -> bytes:
    """Return the mark in a process's environment, or nothing."""
    with contextlib.suppress(OSError):
        for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if pair.startswith(f"{MARK}=".encode()):
                return pair
    return b""
