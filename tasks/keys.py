"""Under which key a whole step's answer is kept: everything that it depends on, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from tasks.analyse import identity, wanted
from tasks.analysers import ANALYSERS
from tasks.core.change import ChangedFile
from tasks.core.plan import TaskDefinition
from tasks.core.report import Report
from tasks.look import settings_of
from tasks.steps import StepRun

BY_TREE = frozenset({"test_coverage", "performance_review"})
"""The actions that run the project itself: their answer depends on all of both trees."""


def step_key(step: TaskDefinition, review: StepRun) -> str:
    """Return the key of a step's answer in this review: tools, settings and contents."""
    change, policy, python = review.change, review.policy, review.python
    parts: list[object] = [step.name, step.action, python]
    for name in step.analysers:
        analyser = ANALYSERS[name]
        files = [_content(file) for file in wanted(analyser, change.files)]
        parts += [identity(analyser, python, settings_of(name, step.name, policy)), files]
    if step.action in BY_TREE:
        parts += [change.head_tree, change.base_tree, policy.tests.model_dump(mode="json")]
        parts += [policy.coverage_threshold, _installed(change.repository, policy.tests.python)]
    return sha256(json.dumps(parts, default=str).encode()).hexdigest()


KEPT = "kept-"
"""What begins the name of a record that only one run is to read."""


def kept_key(
    step: TaskDefinition, upstream: Mapping[str, Report], review: StepRun, scope: str
) -> str:
    """Return the key under which a step's report is kept for the run itself.

    ``scope`` names the run. A run may find another head, or another policy, when it goes on. The
    last step's report is about what the others said.
    """
    change = review.change
    parts: list[object] = [scope, step_key(step, review), change.base, change.head]
    parts += [review.policy.model_dump(mode="json")]
    if step.always:
        verdict = review.conclude(tuple(upstream.values()))
        said = [(one.step, one.findings, one.gaps) for one in verdict.reports]
        parts += [verdict.answer, str(said), str(verdict.dismissed)]
    return KEPT + sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _installed(repository: str, python: str) -> list[tuple[str, int]]:
    """Return what tells the project's environment from another: its packages, and their age."""
    roots = [Path(repository, ".venv"), Path(repository, "venv")]
    if python:
        roots.append(Path(repository, python).parent.parent)
    found = (
        (str(entry), entry.lstat().st_mtime_ns)
        for root in roots
        for entry in (root / "pyvenv.cfg", *root.glob("lib/python*/site-packages/*"))
        if entry.exists()
    )
    return sorted(found)


def _content(file: ChangedFile) -> tuple[object, ...]:
    """Return what an answer about a file depends on; a base that is not in the clone is none."""
    base = (file.base_path, file.base_blob, bool(file.base))
    return (file.path, file.mode, file.blob, *base, file.left_out)
