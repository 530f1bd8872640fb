"""Let one analyser look at a change, the same way for every tool, and remember what it says."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tasks.analysers.contract import Analyser, Setting, Target
from tasks.asking import Asked, Look, Unit
from tasks.core.change import ChangedFile
from tasks.core.finding import Finding
from tasks.core.plan import Trouble
from tasks.core.report import Gap, Use
from tasks.process import bare_environment

__all__ = ["Answer", "Look", "analyse", "identity", "version", "wanted"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said, and what kept it from saying more."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    troubles: frozenset[Trouble] = frozenset()
    used: Use | None = None


def version(analyser: Analyser) -> str | None:
    """Return the installed version of a tool, or None where it is not installed."""
    if analyser.distribution:
        try:
            return importlib.metadata.version(analyser.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None
    # looked for where it will be: a tool does not get our own PATH
    path = bare_environment("")["PATH"]
    program = shutil.which(analyser.command(Target(()))[0], path=path)
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
    missed = () if analyser.any_text else wanted(analyser, look.change.missed)
    gaps = [Gap(who=analyser.name, path=file.path, why=file.left_out) for file in missed]
    if not files:
        return Answer(gaps=tuple(gaps))
    if version(analyser) is None:
        gaps.append(Gap(who=analyser.name, why="it is not installed"))
        return Answer(gaps=tuple(gaps), troubles=frozenset({Trouble.MISSING}))

    base = identity(analyser, look.python, settings)
    units: list[Unit] = [files] if analyser.whole else [(file,) for file in files]
    keys = {unit: _unit_key(base, analyser, unit) for unit in units}
    known = look.memory.recall(base, keys.values())
    asked = Asked(analyser, look, settings)
    fresh = asked.about([unit for unit in units if keys[unit] not in known])
    whole = {keys[unit]: said for unit, said in fresh.items() if unit not in asked.partial}
    look.memory.keep(base, whole)

    said = {unit: known.get(keys[unit], fresh.get(unit, ())) for unit in units}
    cached = sum(len(unit) for unit in units if keys[unit] in known)
    return Answer(
        findings=tuple(finding.but(step=analyser.step) for unit in units for finding in said[unit]),
        gaps=(*gaps, *asked.gaps),
        troubles=frozenset(asked.troubles),
        used=asked.calls.use(files=len(files), cached_files=cached),
    )


def identity(analyser: Analyser, python: str, settings: Mapping[str, Setting]) -> str:
    """Return what identifies a tool as it is set up now: version, rules and settings."""
    command = analyser.command(Target((), python=python, settings=settings))[1:]
    parts = [analyser.name, version(analyser), analyser.revision, sorted(settings.items()), command]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _unit_key(base: str, analyser: Analyser, unit: Unit) -> str:
    """Return what identifies the content a tool would look at."""
    seen = [
        (file.path, file.mode, file.blob, file.base_path, file.base_blob if file.base else "")
        if analyser.compares
        else (file.path, file.mode, file.blob)
        for file in unit
    ]
    return sha256(json.dumps([base, seen]).encode()).hexdigest()
