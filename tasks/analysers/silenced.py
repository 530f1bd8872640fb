"""Tell what an author has silenced by name: it is said all the same, and only more quietly.

That hides nothing (``silencers`` lists the comment too), and spares a maintainer who meant it
the same warning on every push. An error stays one, and in security a silencer changes
nothing at all: no comment of an author can open a gate.
"""

from __future__ import annotations

import re

from tasks.core.finding import Finding, Severity

NOQA = re.compile(r"#\s*(?:ruff:\s*)?noqa:\s*([A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)", re.IGNORECASE)
TYPE_IGNORE = re.compile(r"#\s*(?:type|pyright|ty)\s*:\s*ignore\[")


def by_noqa(line: str, code: str) -> bool:
    """Return whether a line says ``noqa`` and names this rule."""
    match = NOQA.search(line)
    return match is not None and code in re.split(r"[,\s]+", match[1].upper())


def by_type_ignore(line: str) -> bool:
    """Return whether a line says ``type: ignore`` and names what."""
    return bool(TYPE_IGNORE.search(line))


def quietly(finding: Finding) -> Finding:
    """Return the finding as one its author knows of."""
    if finding.severity >= Severity.ERROR:
        return finding
    return finding.but(severity=Severity.INFO, message=f"{finding.message} (silenced in the code)")
