"""Who looked at what: before a thread may say that its finding is fixed."""

from __future__ import annotations

from collections.abc import Collection

from tasks.core.forge.matching import Looked
from tasks.core.verdict import Verdict


def looked(verdict: Verdict, changed: Collection[str]) -> Looked:
    """Return whether a step looked at a path, as a question to ask for each thread.

    A path that the change does not touch any more needs nobody's look. A step that did
    not run, has left out this file or does not say which, did not look. Of a thread
    without a step (""), all of them must have.
    """
    reports = {report.step: report for report in verdict.reports}
    unseen = {file.path for file in verdict.truncated}
    missed = {
        step: {gap.path for gap in report.gaps} for step, report in reports.items() if report.gaps
    }
    paths = set(changed)

    def at(step: str, path: str) -> bool:
        if path not in paths:
            return True
        if path in unseen or (step and step not in reports):
            return False
        gaps = [missed.get(step, set())] if step else missed.values()
        return not any("" in these or path in these for these in gaps)

    return at
