"""Which processes belong to a part of the cluster, what they have cost, and how all of them end."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """What /proc/PID/stat says of a process: its parent, and its CPU in ticks.

    ``cpu`` has that of children which have ended and were waited for: proc_pid_stat(5).
    """

    pid: int
    parent: int
    cpu: int


def of_machine(home: Path) -> tuple[int, ...]:
    """Return the processes of a machine: those with its data folder, and what they started.

    Tools are started without an environment, so they are known by their parents.
    """
    mark = b"REVIEW_HOME=" + os.fsencode(home)
    return _with_children({p.pid for p in _all() if mark in _environment(p.pid)})


def of(pid: int) -> tuple[int, ...]:
    """Return a process and all that it started."""
    return _with_children({pid})


def seconds(pids: Iterable[int]) -> float:
    """Return the CPU that these processes have used, and their children that have ended."""
    wanted = set(pids)
    return sum(process.cpu for process in _all() if process.pid in wanted) / TICKS


def kill_machine(home: Path) -> None:
    """Kill all processes of a machine at once, as when its power is cut."""
    while found := of_machine(home):  # again, for what was born meanwhile
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _with_children(pids: set[int]) -> tuple[int, ...]:
    children = defaultdict(list)
    for process in _all():
        children[process.parent].append(process.pid)
    found, new = set(), set(pids)
    while new:
        found |= new
        new = {child for pid in new for child in children[pid]} - found
    return tuple(sorted(found))


def _all() -> Iterator[Process]:
    """Yield every process there is, but those that have ended and wait to be reaped."""
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    yield Process(int(folder.name), int(fields[1]), sum(map(int, fields[11:15])))


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
