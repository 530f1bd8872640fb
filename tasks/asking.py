"""Ask one tool about files: in as few calls as can be, and once more where it fails.

A tool that fails over many files is asked again about each half of them, until the file
it fails over is alone and can be named; the others are looked at all the same.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.analysers.contract import Analyser, Setting, Target
from tasks.calls import Calls, DidNotLookError
from tasks.core.change import ChangedFile, ChangeSet
from tasks.core.finding import Finding
from tasks.core.plan import Trouble
from tasks.core.report import Gap
from tasks.memory import Memory

ARGUMENT_BYTES = 100_000
"""How much of a command line the paths may fill; Linux refuses one of about 2 MiB."""

BAD_FILES = 8
"""After so many files a tool could not read one by one, it is not asked again."""

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading an answer ends with that is not what the tool's documentation promises."""

Unit = tuple[ChangedFile, ...]
"""What a tool answers about in one piece: a file, or all of them."""

Said = dict[Unit, tuple[Finding, ...]]
"""What a tool said about each unit."""


@dataclass(frozen=True, slots=True)
class Look:
    """How to look: at what, until when (``time.monotonic()``), and what is known already."""

    change: ChangeSet
    until: float
    memory: Memory = field(default_factory=Memory)
    python: str = "3.11"
    stop: threading.Event | None = None


class Asked:
    """One tool being asked, call by call; collects what it could not say."""

    def __init__(self, analyser: Analyser, look: Look, settings: Mapping[str, Setting]) -> None:
        self.analyser = analyser
        self.look = look
        self.settings = settings
        self.calls = Calls(analyser, look.until, look.stop)
        self.gaps: list[Gap] = []
        self.troubles: set[Trouble] = set()
        self.partial: set[Unit] = set()
        self.bad = 0

    def about(self, units: Sequence[Unit]) -> Said:
        """Return what the tool says about each unit it could look at."""
        said: Said = {}
        for batch in self._batches(units):
            said |= self._halved(batch)
        return said

    def _batches(self, units: Sequence[Unit]) -> Iterator[list[Unit]]:
        """Yield the units in as few command lines as they fit in."""
        batch: list[Unit] = []
        size = 0
        for unit in units:
            length = sum(len(file.head.encode()) + len(file.base.encode()) + 2 for file in unit)
            if batch and (self.analyser.singly or size + length > ARGUMENT_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(unit)
            size += length
        if batch:
            yield batch

    def _halved(self, batch: list[Unit]) -> Said:
        """Ask about a batch; where the tool fails, about each half of it."""
        try:
            return self._asked(batch)
        except DidNotLookError as trouble:
            final = trouble.trouble not in {Trouble.BROKEN, Trouble.UNREADABLE}
            if len(batch) == 1 or final or self.bad >= BAD_FILES:
                self._cannot(batch, trouble)
                return {}
        middle = len(batch) // 2
        return self._halved(batch[:middle]) | self._halved(batch[middle:])

    def _cannot(self, batch: list[Unit], trouble: DidNotLookError) -> None:
        """Note what was not looked at."""
        self.troubles.add(trouble.trouble)
        self.bad += 1
        files = [file for unit in batch for file in unit]
        one = files[0].path if len(files) == 1 else ""
        why = self._ours_left_out(trouble.why)
        why = why if one else f"{why} ({len(files)} files)"
        self.gaps.append(Gap(who=self.analyser.name, path=one, why=why))

    def _asked(self, batch: list[Unit]) -> Said:
        """Run the tool once over these units.

        Raises:
            DidNotLookError: it has not looked, whatever it printed.
        """
        files = [file for unit in batch for file in unit]
        target = self._target(files)
        with tempfile.TemporaryDirectory(dir=self.look.change.scratch, prefix="work-") as cwd:
            output = self.calls.call(target, cwd)
        try:
            said = list(self.analyser.parse(output, target))
        except UNREADABLE as error:
            why = f"its answer cannot be read ({type(error).__name__}: {str(error)[:200]})"
            raise DidNotLookError(why, Trouble.UNREADABLE) from error
        return self._sorted(batch, said, target)

    def _target(self, files: Sequence[ChangedFile]) -> Target:
        """Return these files as a tool sees them."""
        paths = {file.head: file.path for file in files}
        paths |= {file.base: file.base_path for file in files if file.base}

        def read(path: str) -> str:
            """Return the text of a copy; a tool's answer may name any path there is."""
            if path not in paths:
                raise LookupError(f"it speaks of {path[:200]!r}, which it was not given")
            return Path(path).read_text(encoding="utf-8", errors="replace")

        return Target(
            files=tuple(file.head for file in files),
            before={file.head: file.base for file in files if file.base},
            paths=paths,
            python=self.look.python,
            settings=self.settings,
            read=read,
        )

    def _sorted(self, batch: list[Unit], said: Iterable[Finding | Gap], target: Target) -> Said:
        """Return what was said about each unit; one with a gap is noted as partial.

        By the copies, never by the repository's paths: two of those may read the same.
        """
        heads = {file.head: unit for unit in batch for file in unit}
        copies = heads | {file.base: unit for unit in batch for file in unit if file.base}
        found: dict[Unit, list[Finding]] = {unit: [] for unit in batch}
        for item in said:
            path = target.paths.get(item.path, item.path)
            if isinstance(item, Gap):
                why = self._ours_left_out(item.why)
                self.gaps.append(item.model_copy(update={"path": path, "why": why}))
                self.troubles.add(Trouble.UNREADABLE)
                self.partial |= {copies[item.path]} if item.path in copies else set(batch)
            elif (
                item.path in heads
            ):  # one in a base's file, or in none of ours, is not the change's
                found[heads[item.path]].append(item.but(path=path))
        return {unit: tuple(findings) for unit, findings in found.items()}

    def _ours_left_out(self, why: str) -> str:
        """Return a reason without the name of our own folder, which says nothing to anybody."""
        return why.replace(f"{self.look.change.scratch}/", "")
