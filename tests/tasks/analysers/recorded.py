"""What tools printed when they were run over a small file; their scratch folder is ``/scratch``."""

from __future__ import annotations

from pathlib import Path

from tasks.analysers.contract import Target
from tasks.core.finding import Finding

DATA = Path(__file__).parents[2] / "data"


def recorded(name):
    return (DATA / name).read_text(encoding="utf-8")


def target(*paths, **more):
    """Return a target of these repository paths, copied to ``/scratch``."""
    files = {f"/scratch/{path}": path for path in paths}
    return Target(tuple(files), paths=files, **more)


def brief(said):
    """Return findings as (rule, line, severity), and gaps as (path, why)."""
    return [
        (each.rule, each.line, each.severity.label)
        if isinstance(each, Finding)
        else (each.path, each.why)
        for each in said
    ]
