"""One process of the cluster: started with a log of its own, and again where it has died."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENDING = {"postgres": signal.SIGINT}
"""PostgreSQL ends its connections on SIGINT; on SIGTERM it waits for them."""


@dataclass
class Member:
    """A process and what it is started with. It leads a session of its own.

    ``deaths`` are those that nobody had asked for.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    deaths: int = field(default=0)

    @property
    def log(self) -> Path:
        """Return where its output goes."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it."""
        self.wanted = True
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Return whether its process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def has_died(self) -> bool:
        """Return whether it is to be started again."""
        return self.wanted and not self.alive

    def signal(self, how: signal.Signals) -> None:
        """Send a signal to the process, not to what it started."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)

    def end(self, patience: float = 20) -> None:
        """Ask it to end, and make it and its session."""
        self.wanted = False
        if self.process is None:
            return
        self.signal(ENDING.get(self.name, signal.SIGTERM))
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """Return the last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"{lines[-1]} (in {self.log})" if lines else f"see {self.log}"


def all_ended(members: Sequence[Member], seconds: float = 20) -> None:
    """End them side by side: ask all, then wait for each."""
    for member in members:
        member.wanted = False
        member.signal(ENDING.get(member.name, signal.SIGTERM))
    until = time.monotonic() + seconds
    for member in members:
        member.end(max(0.1, until - time.monotonic()))
