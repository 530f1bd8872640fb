"""Let one analyser look at a change: the same way for every tool there is.

A tool that fails over many files is asked again about each half of them, until the file
it fails over is alone and can be named; the others are looked at all the same.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tasks.analysers.contract import Analyser, Setting, Target
from tasks.core.change import ChangedFile, ChangeSet
from tasks.core.finding import Finding
from tasks.core.plan import Trouble
from tasks.core.report import Gap, Use
from tasks.memory import Memory
from tasks.process import Ended, bare_environment, run

ARGUMENT_BYTES = 100_000
"""How much of a command line the paths may fill; Linux refuses one of about 2 MiB."""

TRY_AGAIN_LATER = 75
"""EX_TEMPFAIL of sysexits.h: a probe's word for a network that did not answer."""

BAD_FILES = 8
"""After so many files a tool could not read one by one, it is not asked again."""

SLOTS = threading.BoundedSemaphore(os.cpu_count() or 1)
"""How many tools run at once in this process, whatever the number of steps."""

Unit = tuple[ChangedFile, ...]
"""What a tool answers about in one piece: a file, or all of them."""


@dataclass(frozen=True, slots=True)
class Look:
    """How to look: at what, until when (``time.monotonic()``), and what is known already."""

    change: ChangeSet
    until: float
    memory: Memory = field(default_factory=Memory)
    python: str = "3.11"
    stop: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said, and what kept it from saying more."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    troubles: frozenset[Trouble] = frozenset()
    used: Use | None = None


class DidNotLookError(Exception):
    """A tool did not look; ``args`` are why, and what kind of trouble it is."""

    def __init__(self, why: str, trouble: Trouble) -> None:
        super().__init__(why, trouble)
        self.why = why
        self.trouble = trouble


def version(analyser: Analyser) -> str | None:
    """Return the installed version of a tool, or None where it is not installed."""
    if analyser.distribution:
        try:
            return importlib.metadata.version(analyser.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None
    program = shutil.which(analyser.command(Target(()))[0])
    if program is None:
        return None
    stat = Path(program).stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}"


def wanted(analyser: Analyser, files: Iterable[ChangedFile]) -> tuple[ChangedFile, ...]:
    """Return the files of a change the tool has something to say about."""
    return tuple(file for file in files if analyser.wants(file.path, file.first_line))


def analyse(analyser: Analyser, look: Look, settings: Mapping[str, Setting]) -> Answer:
    """Let one tool look at what it wants of the change, and remember what it says."""
    files = wanted(analyser, look.change.looked_at)
    skipped = () if analyser.any_text else wanted(analyser, look.change.left_out)
    gaps = [Gap(who=analyser.name, path=file.path, why=file.left_out) for file in skipped]
    if not files:
        return Answer(gaps=tuple(gaps))
    if version(analyser) is None:
        gaps.append(Gap(who=analyser.name, why="it is not installed"))
        return Answer(gaps=tuple(gaps), troubles=frozenset({Trouble.MISSING}))

    base = identity(analyser, look.python, settings)
    units: list[Unit] = [files] if analyser.whole else [(file,) for file in files]
    keys = {unit: _unit_key(base, analyser, unit) for unit in units}
    known = look.memory.recall(base, keys.values())
    asked = _Asked(analyser, look, settings)
    fresh = asked.about([unit for unit in units if keys[unit] not in known])
    whole = {keys[unit]: said for unit, said in fresh.items() if unit not in asked.partial}
    look.memory.keep(base, whole)

    said = {unit: known.get(keys[unit], fresh.get(unit, ())) for unit in units}
    cached = sum(len(unit) for unit in units if keys[unit] in known)
    return Answer(
        findings=tuple(finding.but(step=analyser.step) for unit in units for finding in said[unit]),
        gaps=(*gaps, *asked.gaps),
        troubles=frozenset(asked.troubles),
        used=asked.use(files=len(files), cached_files=cached),
    )


def identity(analyser: Analyser, python: str, settings: Mapping[str, Setting]) -> str:
    """Return what identifies a tool as it is set up now: version, rules and settings."""
    command = analyser.command(Target((), python=python, settings=settings))[1:]
    parts = [analyser.name, version(analyser), analyser.revision, sorted(settings.items()), command]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _unit_key(base: str, analyser: Analyser, unit: Unit) -> str:
    """Return what identifies the content a tool would look at."""
    seen = [
        (file.path, file.mode, file.blob, file.base_path and file.base_blob)
        if analyser.compares
        else (file.path, file.mode, file.blob)
        for file in unit
    ]
    return sha256(json.dumps([base, seen]).encode()).hexdigest()


class _Asked:
    """One tool being asked, call by call; collects what it could not say."""

    def __init__(self, analyser: Analyser, look: Look, settings: Mapping[str, Setting]) -> None:
        self.analyser = analyser
        self.look = look
        self.settings = settings
        self.gaps: list[Gap] = []
        self.troubles: set[Trouble] = set()
        self.partial: set[Unit] = set()
        self.calls: list[Ended] = []
        self.bad = 0

    def about(self, units: Sequence[Unit]) -> dict[Unit, tuple[Finding, ...]]:
        """Return what the tool says about each unit it could look at whole."""
        said: dict[Unit, tuple[Finding, ...]] = {}
        for batch in self._batches(units):
            said |= self._halved(batch)
        return said

    def use(self, files: int, cached_files: int) -> Use:
        """Return what the calls have cost together."""
        return Use(
            tool=self.analyser.name,
            seconds=sum(call.seconds for call in self.calls),
            cpu_seconds=sum(call.cpu_seconds for call in self.calls),
            peak_bytes=max((call.peak_bytes for call in self.calls), default=0),
            calls=len(self.calls),
            files=files,
            cached_files=cached_files,
        )

    def _batches(self, units: Sequence[Unit]) -> Iterator[list[Unit]]:
        """Yield the units in as few command lines as they fit in."""
        batch: list[Unit] = []
        size = 0
        for unit in units:
            length = sum(len(file.head) + len(file.base) + 2 for file in unit)
            if batch and (self.analyser.singly or size + length > ARGUMENT_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(unit)
            size += length
        if batch:
            yield batch

    def _halved(self, batch: list[Unit]) -> dict[Unit, tuple[Finding, ...]]:
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
        why = trouble.why.replace(f"{self.look.change.scratch}/", "")
        why = why if one else f"{why} ({len(files)} files)"
        self.gaps.append(Gap(who=self.analyser.name, path=one, why=why))

    def _asked(self, batch: list[Unit]) -> dict[Unit, tuple[Finding, ...]]:
        """Run the tool once over these units.

        Raises:
            DidNotLookError: it has not looked, whatever it printed.
        """
        files = [file for unit in batch for file in unit]
        target = self._target(files)
        with tempfile.TemporaryDirectory(dir=self.look.change.scratch, prefix="work-") as cwd:
            for name, text in self.analyser.files.items():
                Path(cwd, name).write_text(text, encoding="utf-8")
            output = self._run(self.analyser.command(target), cwd)
        try:
            said = list(self.analyser.parse(output, target))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            why = f"its answer cannot be read ({type(error).__name__}: {str(error)[:200]})"
            raise DidNotLookError(why, Trouble.UNREADABLE) from error
        return self._sorted(batch, said, target)

    def _target(self, files: Sequence[ChangedFile]) -> Target:
        """Return these files as a tool sees them."""
        return Target(
            files=tuple(file.head for file in files),
            before={file.head: file.base for file in files if file.base},
            paths={file.head: file.path for file in files}
            | {file.base: file.base_path for file in files if file.base},
            python=self.look.python,
            settings=self.settings,
            read=lambda path: Path(path).read_text(encoding="utf-8", errors="replace"),
        )

    def _run(self, command: list[str], cwd: str) -> str:
        """Run one command and return its answer.

        Raises:
            DidNotLookError: it did not end as one that has looked.
        """
        left = self.look.until - time.monotonic()
        if left <= 0:
            raise DidNotLookError("no time was left", Trouble.TIMED_OUT)
        env = bare_environment(cwd)
        if not SLOTS.acquire(timeout=left):
            raise DidNotLookError("no time was left", Trouble.TIMED_OUT)
        try:
            left = self.look.until - time.monotonic()
            ended = run(command, cwd=cwd, env=env, seconds=left, stop=self.look.stop)
        except FileNotFoundError as error:
            raise DidNotLookError("it is not installed", Trouble.MISSING) from error
        finally:
            SLOTS.release()
        self.calls.append(ended)
        _must_have_looked(ended, self.analyser)
        if not self.analyser.output:
            return ended.output
        try:
            return Path(cwd, self.analyser.output).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError as error:
            raise DidNotLookError("it left no answer", Trouble.BROKEN) from error

    def _sorted(
        self, batch: list[Unit], said: Iterable[Finding | Gap], target: Target
    ) -> dict[Unit, tuple[Finding, ...]]:
        """Return what was said about each unit; a unit with a gap is not among them."""
        of_path = {file.path: unit for unit in batch for file in unit}
        found: dict[Unit, list[Finding]] = {unit: [] for unit in batch}
        for item in said:
            path = target.paths.get(item.path, item.path)
            unit = of_path.get(path)
            if isinstance(item, Gap):
                self.gaps.append(item.model_copy(update={"path": path}))
                self.troubles.add(Trouble.UNREADABLE)
                self.partial |= {unit} if unit else set(batch)
            elif unit:  # a finding in a base's file, or in none of ours, is not about the change
                found[unit].append(item.but(path=path))
        return {unit: tuple(findings) for unit, findings in found.items()}


def _must_have_looked(ended: Ended, analyser: Analyser) -> None:
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
