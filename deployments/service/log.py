"""What happens to the service, one line an event: kept in a file, and shown to who is looking."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from deployments.service.child import Say


def to_file(path: Path) -> Say:
    """Return what adds a line to the file; on a full disk nothing is added."""

    def say(text: str) -> None:
        with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {text}\n")

    return say


def to_both(path: Path) -> Say:
    """Return what adds a line to the file, and shows it."""
    keep = to_file(path)

    def say(text: str) -> None:
        keep(text)
        show(f"{datetime.now().astimezone():%H:%M:%S} {text}")

    return say


def show(text: str) -> None:
    """Show a line at once, also where the output is a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Added:
    """The lines that are added to a log from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = path.stat().st_size if path.is_file() else 0

    def __iter__(self) -> Iterator[str]:
        """Return those that are whole and have not been returned yet, without their date."""
        if not self._path.is_file():
            return
        with self._path.open("rb") as file:
            file.seek(self._seen)
            for line in file:
                if line.endswith(b"\n"):
                    self._seen += len(line)
                    yield line.decode("utf-8", "replace").rstrip("\n").partition(" ")[2]
