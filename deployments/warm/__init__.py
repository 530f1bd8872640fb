"""Warm starts: a process that has imported everything forks one child for each flow run."""

from __future__ import annotations

from pathlib import Path

COMMAND = (
    """sh -c 'p=$(tr "\\0" "\\n" </proc/$PPID/cmdline | head -n 1); """
    """case $p in /*) ;; */*) p=$(readlink /proc/$PPID/cwd)/$p ;; esac; """
    """exec "${p:-python}" -P -m deployments.warm.client'"""
)
"""What to put into a deployment's job variable ``command``.

It runs the worker's own Python, wherever that is: Prefect replaces the word ``python`` only in its
own command, and a worker of an environment that is not activated would find another one, or none.
-P: the folder that a run begins in is no place to import from.
"""

QUERY_SECONDS = 0.5
"""How long a worker shall pause between two looks for work; Prefect's own default is 10."""


def environment(folder: Path, given: str = "") -> dict[str, str]:
    """Return what a worker should have in its environment for soon starts; its runs get it too.

    ``folder`` is our data folder; ``given`` is the URL of somebody else's server, or nothing.
    """
    from deployments.command.startup import client_settings

    return {"PREFECT_WORKER_QUERY_SECONDS": str(QUERY_SECONDS), **client_settings(given, folder)}


def end_all(home: Path) -> int:
    """End the warm parents of a data folder; return how many there were.

    Those without a run end at once, the others after their last run.
    """
    from deployments.warm.retiring import retire_all

    return retire_all(home)
