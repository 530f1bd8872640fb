"""A process that shall live: started, looked after, started again when it has died."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployments.service.identity import Process, end, reaped

PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds until it is started again: the first time at once, then later each time."""

STEADY = 60.0
"""Who has lived for so many seconds has not failed to start: the next pause is the first again."""

LONGEST_LOG = 20_000_000
"""Bytes; then what there is becomes the one older log. A service may run for years."""

Say = Callable[[str], None]


@dataclass
class Child:
    """How a process is started, who it is now, and how often it has died young."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: Process | None = None
    _started: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _deaths: int = field(default=0, init=False)
    _since: float = field(default_factory=time.monotonic, init=False)

    def tend(self, say: Say) -> None:
        """Start it where it does not live, if it is time."""
        shorten(self.log)
        if self.process and self.process.alive:
            return
        if self.process:
            status = self._started.poll() if self._started else None
            lived = time.monotonic() - self._since
            self._deaths = 0 if lived > STEADY else self._deaths
            pause = PAUSES[min(self._deaths, len(PAUSES) - 1)]
            again = f"again in {pause:.0f} s" if pause else "again at once"
            say(f"{self.name}: ended{_how(status)}; it starts {again}; its log is {self.log}")
            self._deaths += 1
            self._since = time.monotonic() + pause
            self.process = None
        if time.monotonic() >= self._since:
            self._start()
            say(f"{self.name}: started")

    def ask_to_end(self) -> None:
        """Tell it to end; a worker passes that on to its runs by itself."""
        if self.process and self.process.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)

    def make_end(self, until: float) -> None:
        """Wait for its end until a point of the monotonic clock, then make it."""
        process, self.process = self.process, None
        if process is None:
            return
        while process.alive:
            reaped(process.pid)
            if time.monotonic() > until and process.alive:
                end(process.pid, 0)
            time.sleep(0.05)
        reaped(process.pid)

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self._started = subprocess.Popen(
                list(self.command),
                cwd=self.log.parent,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt of the terminal is for the supervisor
            )
        self.process = Process.of(self._started.pid)
        self._since = time.monotonic()


def shorten(log: Path, longest: int = LONGEST_LOG) -> None:
    """Make a log that has grown large the one older log. Who writes to it goes on at its end."""
    with contextlib.suppress(OSError):  # there is none yet, or no room
        if log.stat().st_size > longest:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def _how(status: int | None) -> str:
    """Return how it ended, as far as that is known."""
    if status is None:
        return ""
    return f" with status {status}" if status >= 0 else f" by {signal.Signals(-status).name}"
