"""Which files GitHub Actions and Dependabot read."""

from __future__ import annotations

import re

_WORKFLOW = re.compile(r"(^|/)\.github/workflows/[^/]+\.ya?ml$")
_ACTION = re.compile(r"(^|/)action\.ya?ml$")
_DEPENDABOT = re.compile(r"(^|/)\.github/dependabot\.ya?ml$")


def is_workflow(path: str) -> bool:
    """Return whether it is a workflow."""
    return _WORKFLOW.search(path) is not None


def is_of_actions(path: str, first_line: str = "") -> bool:
    """Return whether it is a workflow, the metadata of an action, or Dependabot's settings."""
    del first_line
    return is_workflow(path) or bool(_ACTION.search(path) or _DEPENDABOT.search(path))
