"""Call a tool, and tell from how it ended whether it has looked."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from tasks.analysers.contract import Analyser, Target
from tasks.core.plan import Trouble
from tasks.core.report import Use
from tasks.process import Ended, Limits, bare_environment, run

TRY_AGAIN_LATER = 75
"""EX_TEMPFAIL of sysexits.h: a probe's word for a network that did not answer."""

SLOTS = threading.BoundedSemaphore(os.cpu_count() or 1)
"""How many tools run at once in this process, whatever the number of steps."""


class DidNotLookError(Exception):
    """A tool did not look; ``args`` are why, and what kind of trouble it is."""

    def __init__(self, why: str, trouble: Trouble) -> None:
        super().__init__(why, trouble)
        self.why = why
        self.trouble = trouble


class Calls:
    """The calls of one tool, until a deadline, and what they cost."""

    def __init__(self, analyser: Analyser, until: float, stop: threading.Event | None) -> None:
        self.analyser = analyser
        self.until = until
        self.stop = stop
        self.ended: list[Ended] = []

    def call(self, target: Target, cwd: str) -> str:
        """Run the tool once, in an empty folder, and return its answer.

        Raises:
            DidNotLookError: it did not end as one that has looked.
        """
        for name, text in self.analyser.files.items():
            Path(cwd, name).write_text(text, encoding="utf-8")
        ended = self._run(self.analyser.command(target), cwd)
        self.ended.append(ended)
        must_have_looked(ended, self.analyser)
        return _left_in(Path(cwd, self.analyser.output)) if self.analyser.output else ended.output

    def use(self, files: int, cached_files: int) -> Use:
        """Return what the calls have cost together."""
        return Use(
            tool=self.analyser.name,
            seconds=sum(call.seconds for call in self.ended),
            cpu_seconds=sum(call.cpu_seconds for call in self.ended),
            peak_bytes=max((call.peak_bytes for call in self.ended), default=0),
            calls=len(self.ended),
            files=files,
            cached_files=cached_files,
        )

    def _run(self, command: list[str], cwd: str) -> Ended:
        """Run a command when there is room for it.

        Raises:
            DidNotLookError: it could not be started in time, or not at all.
        """
        left = self.until - time.monotonic()
        if left <= 0 or not SLOTS.acquire(timeout=left):
            raise DidNotLookError("no time was left", Trouble.TIMED_OUT)
        try:
            left = self.until - time.monotonic()
            return run(command, cwd=cwd, env=bare_environment(cwd), seconds=left, stop=self.stop)
        except FileNotFoundError as error:
            raise DidNotLookError("it is not installed", Trouble.MISSING) from error
        except (OSError, ValueError) as error:  # too many arguments, not a program
            why = getattr(error, "strerror", None) or str(error)
            raise DidNotLookError(f"it cannot be started: {why}", Trouble.BROKEN) from error
        finally:
            SLOTS.release()


def _left_in(answer: Path) -> str:
    """Return what a tool has written to a file.

    Raises:
        DidNotLookError: there is none, or more than is read.
    """
    try:
        if answer.stat().st_size > Limits().output_bytes:
            raise DidNotLookError("it said more than we read", Trouble.UNREADABLE)
        return answer.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DidNotLookError("it left no answer", Trouble.BROKEN) from error


def must_have_looked(ended: Ended, analyser: Analyser) -> None:
    """Refuse the end of a tool that has not looked.

    Raises:
        DidNotLookError: it did not end as one that has looked.
    """
    if ended.stopped == "deadline":
        why = f"it was ended after {ended.seconds:.0f} s, at its deadline"
        raise DidNotLookError(why, Trouble.TIMED_OUT)
    if ended.stopped:
        raise DidNotLookError("the review was stopped", Trouble.TIMED_OUT)
    if ended.signal in {"SIGKILL", "SIGTERM"}:
        raise DidNotLookError(f"it was killed ({ended.signal})", Trouble.KILLED)
    if ended.signal:
        raise DidNotLookError(f"it crashed ({ended.signal})", Trouble.BROKEN)
    if ended.exit_code == TRY_AGAIN_LATER:
        raise DidNotLookError(ended.last_words, Trouble.NETWORK)
    if ended.exit_code not in analyser.looked:
        why = f"it exited {ended.exit_code}: {ended.last_words}"
        raise DidNotLookError(why, Trouble.BROKEN)
    if ended.cut:
        raise DidNotLookError("it said more than we read", Trouble.UNREADABLE)
