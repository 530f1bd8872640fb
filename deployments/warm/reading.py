"""What Prefect reads while it is imported: a child reads it again only where it is another."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from deployments.warm.stamp import OF_ONE_RUN

OF_A_FOLDER = (".env", "prefect.toml", "pyproject.toml")
"""Where Prefect looks for settings in the folder that a run begins in."""

OF_THE_CONSOLE = frozenset({"COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR"})
"""What the handler that logs to the console looks at when it is made."""


class Sources(NamedTuple):
    """What Prefect's settings and its logging were made of: equal ones make the same."""

    variables: dict[str, str]
    files: tuple[tuple[str, int], ...]
    terminal: bool


def sources(environment: Mapping[str, str], folder: str) -> Sources:
    """Return what a process with this environment, in this folder, would read."""
    from prefect.settings import PREFECT_LOGGING_SETTINGS_PATH, PREFECT_PROFILES_PATH

    places = [Path(folder) / name for name in OF_A_FOLDER]
    places += [PREFECT_PROFILES_PATH.value(), PREFECT_LOGGING_SETTINGS_PATH.value()]
    files = tuple((place.name, place.stat().st_mtime_ns) for place in places if place.is_file())
    variables = {
        name.upper(): value  # in whatever case: Prefect does not look at it
        for name, value in environment.items()
        if name in OF_THE_CONSOLE
        or (name.upper().startswith("PREFECT_") and not name.startswith(OF_ONE_RUN))
    }
    return Sources(variables, files, os.isatty(2))


def read_again() -> None:
    """Have Prefect read its settings and set up its logging, as in a new process."""
    from prefect.context import refresh_global_settings_context
    from prefect.logging.configuration import setup_logging

    refresh_global_settings_context()
    setup_logging(incremental=False)
