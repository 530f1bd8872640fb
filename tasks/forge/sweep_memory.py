"""Where a sweep writes down what the next one need not ask again: in the data folder."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from tasks.core.forge.lookout import Memory, memory_of
from tasks.home import home


def recall(block: str) -> Memory:
    """Return what the last sweep by this block left; nothing, if that was on another machine."""
    try:
        return memory_of(_place(block).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Memory()


def remember(block: str, memory: Memory) -> None:
    """Leave it to the next sweep: all of it, or nothing."""
    place = _place(block)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=place.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(memory.written())
        Path(scratch).replace(place)
    finally:
        Path(scratch).unlink(missing_ok=True)


def _place(block: str) -> Path:
    """Return the file of a block; its name has a slash, and may have anything."""
    return home() / "sweep" / f"{sha256(block.encode()).hexdigest()[:16]}.json"
