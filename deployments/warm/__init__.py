"""Warm starts: a process that has imported everything forks one child for each flow run."""

from __future__ import annotations

import shlex
import sys


def command(python: str = "") -> str:
    """Return what to put into a deployment's job variable ``command``.

    ``python`` is the interpreter on the machine of the worker; by default the one we are run by.
    """
    # -P: the folder that a run begins in is no place to import from
    return shlex.join([python or sys.executable, "-P", "-m", "deployments.warm.client"])
