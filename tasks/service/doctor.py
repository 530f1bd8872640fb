"""Look whether this machine has what reviews need: room, a sandbox, git, tools."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tasks.analyse import version
from tasks.analysers import ANALYSERS
from tasks.analysers.contract import Analyser
from tasks.core.doctor import Check, broken, good, poor
from tasks.process import bare_environment, run
from tasks.sandbox import available

GB, MB = 1_000_000_000, 1_000_000

ENOUGH, LITTLE = 5 * GB, 500 * MB
"""Free bytes: a mirror of a large repository and copies of a change; of a small one."""

PROBE = b"\0" * 65_536

PATIENCE = 10
"""Seconds git may take to say its version."""


def machine(folder: Path) -> tuple[Check, ...]:
    """Return what was seen of this machine; ``folder`` is the data folder."""
    return (disk("data folder", folder), disk("scratch", _scratch()), git(), sandbox(), *tools())


def disk(what: str, folder: Path) -> Check:
    """Return whether a folder can be written to, by writing, and how much room it has."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
        room = shutil.disk_usage(folder)
    except OSError as error:
        seen = f"{folder} cannot be written: {error.strerror or error}"
        return broken(what, seen, f"make room, mend its rights, or {_other(what)}")
    seen = f"{folder}: {_bytes(room.free)} free of {_bytes(room.total)}"
    todo = f"make room (`prefect deployment run retention/daily`), or {_other(what)}"
    if room.free < LITTLE:
        return broken(what, seen, todo)
    return poor(what, seen, todo) if room.free < ENOUGH else good(what, seen)


def git() -> Check:
    """Return whether there is git."""
    try:
        ended = run(["git", "--version"], cwd="/", env=bare_environment("/"), seconds=PATIENCE)
    except OSError as error:
        return broken("git", f"it does not start: {error.strerror}", "install the package git")
    if ended.exit_code != 0:
        return broken("git", f"it does not start: {ended.last_words}", "install the package git")
    return good("git", ended.output.strip())


def sandbox() -> Check:
    """Return whether code of others can be run, by running ``true`` in the sandbox."""
    if not (why := available()):
        return good("sandbox", "a program was run in it")
    seen, _, todo = why.partition("; ")
    return poor("sandbox", f"{seen}, so the tests of projects are not run", todo)


def tools() -> tuple[Check, ...]:
    """Return which tools are there: those of every review, then those that are extras."""
    there = {tool.name: version(tool) for tool in ANALYSERS.values()}
    missing = [tool for tool in ANALYSERS.values() if there[tool.name] is None]
    core = [tool for tool in missing if not tool.extra]
    extras = sorted({tool.extra for tool in missing if tool.extra})
    named = ", ".join(
        _named(tool, there[tool.name]) for tool in ANALYSERS.values() if there[tool.name]
    )
    checks = [good("tools", f"{len(there) - len(missing)} of {len(there)}: {named}")]
    if core:
        seen = f"{_names(core)} are in every review, and not there"
        checks.append(broken("core tools", seen, "install prefect-review anew, with what it needs"))
    if extras:
        seen = f"not there: {_names(tool for tool in missing if tool.extra)}"
        todo = f"to have them: pip install 'prefect-review[{','.join(extras)}]'"
        checks.append(poor("extra tools", seen, todo))
    return tuple(checks)


def _named(tool: Analyser, found: str | None) -> str:
    """Return a tool with its version; of a program of the system we know none."""
    return f"{tool.name} {found}" if tool.distribution else tool.name


def _names(tools: Iterable[Analyser]) -> str:
    return ", ".join(tool.name for tool in tools)


def _scratch() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # nothing can be written anywhere
        return Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - only to be named


def _other(what: str) -> str:
    name = "TMPDIR" if what == "scratch" else "REVIEW_HOME"
    return f"name another folder with {name}"


def _bytes(number: int) -> str:
    return f"{number / GB:,.1f} GB" if number >= GB else f"{number / MB:,.0f} MB"
