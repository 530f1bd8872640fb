"""Whether the disks that a review writes to have room."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tasks.home import home

LEAST = 64_000_000
"""Free bytes without which no review is begun: tools that cannot write say strange things."""

LEAST_FILES = 1000
"""Free inodes: copies of a change are many small files. Some file systems have no such limit."""


def full_disk() -> str:
    """Return which disk is full, and how little is left; nothing where all have room."""
    for folder in (Path(tempfile.gettempdir()), home()):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        room = os.statvfs(there)
        free = room.f_bavail * room.f_frsize
        if free < LEAST:
            return f"the disk of {folder} is full: {free // 1_000_000} MB are free"
        if room.f_files and room.f_favail < LEAST_FILES:
            return f"the disk of {folder} is full: it has room for {room.f_favail} files more"
    return ""
