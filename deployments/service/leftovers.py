"""End the runs that their workers have left behind: those of a worker that was killed."""

from __future__ import annotations

from pathlib import Path

from deployments.service.identity import end

CLIENT = b"deployments.warm.client"
FAREWELL = 30.0
"""Seconds for a run to end."""


def end_leftovers(home: Path) -> int:
    """End the warm runs of a data folder that still live; return how many there were.

    A run outlives its worker where that is killed. It would end by itself, but a dispatcher only
    after minutes.
    """
    found = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _is_ours(folder, home)]
    for pid in found:
        end(pid, FAREWELL)
    return len(found)


def _is_ours(process: Path, home: Path) -> bool:
    try:
        said = (process / "cmdline").read_bytes()
        ours = f"REVIEW_HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended, or is somebody else's
        return False
    return CLIENT in said and ours  # also the shell that is about to become it
