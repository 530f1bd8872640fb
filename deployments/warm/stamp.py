"""Which warm parent a run can be forked from: the one with its interpreter, code and settings.

Python and Prefect read settings while they are imported, so a parent serves only runs that have
the same. Whatever else is in a run's environment is the run's own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping

NAMES = frozenset({"HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"})
PREFIXES = ("LC_", "LD_", "PREFECT_", "PYTHON", "REVIEW_HOME", "REVIEW_WARM_IDLE", "SSL_", "XDG_")
OF_ONE_RUN = "PREFECT__"
"""What Prefect tells one run alone: its id, the token of its control channel."""

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
PACKAGES = ("blocks", "deployments", "flows", "tasks")


def settings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a run's environment that its parent has too."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if (name in NAMES or name.startswith(PREFIXES)) and not name.startswith(OF_ONE_RUN)
    }


def stamp_of(environment: Mapping[str, str]) -> str:
    """Return the name of the parent for such a run; it is another one after a change of code."""
    digest = hashlib.blake2b(digest_size=8)
    parts = (sys.executable, sys.version, settings_of(environment), list(_code()))
    digest.update(repr(parts).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _code() -> Iterator[tuple[str, int]]:
    """Yield our sources with when they changed, and when anything was installed."""
    for folder in sys.path:
        if folder.endswith(("site-packages", "dist-packages")):
            yield folder, _changed(folder)
    for package in PACKAGES:
        yield from _sources(os.path.join(ROOT, package))  # noqa: PTH118


def _sources(folder: str) -> Iterator[tuple[str, int]]:
    # os, not pathlib: every start of a run waits for this
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            yield entry.path, entry.stat().st_mtime_ns
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _sources(entry.path)


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
