"""Griffe: public names of Python modules that the change takes away from those who use them.

Nothing is imported: head and base of each changed module are compared as text, by themselves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.analysers.probed import pairs, probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

NOBODYS = frozenset(
    {"docs", "doc", "examples", "example", "scripts", "benchmarks", "tools", "migrations"}
    | {"versions", "alembic", "testing", "bin", "ci", "samples", "demo", "demos"}
)
"""Folders nobody imports from."""

ALONE = frozenset({"setup.py", "conf.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py"})

WHAT = {
    "object-removed": "it was removed",
    "parameter-removed": "removed: {}",
    "parameter-added-required": "new and required: {}",
    "parameter-changed-required": "now required: {}",
    "parameter-changed-kind": "passed in another way: {}",
    "object-changed-kind": "it is another kind of thing",
    "class-removed-base": "it lost a base class",
    "parameter-moved": "moved: {}",
}
"""What can happen to a name, the worst first."""

NAMED = 5
"""How many parameters of each kind a message names."""


def wants(path: str, first_line: str) -> bool:
    del first_line
    pure = PurePosixPath(path)
    folders = set(pure.parts[:-1])
    hidden = any(part.startswith(".") for part in folders)
    ours = suffix(path) == ".py" and not is_test(path) and pure.name not in ALONE
    return ours and not hidden and not NOBODYS & folders


def is_private(path: str) -> bool:
    """Return whether a module says by its name that it is nobody else's business."""
    parts = [*PurePosixPath(path).parts[:-1], PurePosixPath(path).stem]
    return any(part.startswith("_") and not part.endswith("__") for part in parts)


def command(target: Target) -> list[str]:
    return probe("public_api", files=pairs(target))


def finding(items: Sequence[dict[str, Any]]) -> Finding:
    """Return what happened to one name as one finding."""
    happened: dict[str, list[str]] = {what: [] for what in WHAT}
    for item in items:
        happened[item["what"]].append(f"`{item['parameter']}`")
    told = {what: _listed(names) for what, names in happened.items() if names}
    first = items[0]
    changes = "; ".join(WHAT[what].format(names) for what, names in told.items())
    return Finding(
        path=first["path"],
        line=first["line"],
        end_line=first["end_line"],
        rule=f"griffe/{next(iter(told))}",
        severity=Severity.INFO if first["inherited"] else Severity.WARNING,
        message=f"who uses `{first['name']}` may have to change: {changes}",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    of_name: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for item in json.loads(output):
        path = item["path"]
        if "gap" in item:
            yield Gap(who="griffe", path=path, why=item["gap"])
        elif item["exported"] or not is_private(target.paths.get(path, path)):
            of_name[path, item["name"]].append(item)
    yield from map(finding, of_name.values())


ANALYSER = Analyser(
    name="griffe",
    step="code_quality",
    title="public names and parameters that the change takes away",
    url="https://mkdocstrings.github.io/griffe/guide/users/checking/",
    distribution="griffe",
    compares=True,
    wants=wants,
    command=command,
    parse=parse,
)
