"""The action of most steps: let every analyser of the step look, side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tasks.analyse import Answer, Look, analyse, version, wanted
from tasks.analysers import ANALYSERS
from tasks.analysers.contract import Setting
from tasks.core.change import ChangeSet
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report
from tasks.steps import StepRun, refuse_trouble


def look(run: StepRun) -> Report:
    """Return what the analysers of a step say.

    Raises:
        StepTroubleError: one of them did not look for a reason that may pass.
    """
    view = Look(run.change, run.until, memory=run.memory, python=run.python, stop=run.stop)

    def ask(name: str) -> Answer:
        return analyse(ANALYSERS[name], view, settings_of(name, run.step.name, run.policy))

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        answers = list(pool.map(ask, run.step.analysers))
    report = Report(
        step=run.step.name,
        findings=tuple(finding for answer in answers for finding in answer.findings),
        gaps=tuple(gap for answer in answers for gap in answer.gaps),
        used=tuple(answer.used for answer in answers if answer.used),
    )
    refuse_trouble(run, report, (trouble for answer in answers for trouble in answer.troubles))
    return report


def settings_of(analyser: str, step: str, policy: ReviewPolicy) -> dict[str, Setting]:
    """Return what an analyser is told: its part of the policy, and nothing else's."""
    general: Mapping[str, dict[str, Setting]] = {
        "cyclomatic": {"cyclomatic": policy.complexity.cyclomatic},
        "cognitive": {"cognitive": policy.complexity.cognitive},
        "osv": {"osv": policy.osv},
    }
    return {**general.get(analyser, {}), **policy.step(step).settings.get(analyser, {})}


def looking(change: ChangeSet, policy: ReviewPolicy) -> dict[str, tuple[str, ...]]:
    """Return, by step, the analysers that are there and want something of this change.

    One of the core set is there even when it is not installed: it did not look.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, analyser in ANALYSERS.items():
        if analyser.extra and version(analyser) is None:
            continue
        if analyser.opt_in and not settings_of(name, analyser.step, policy).get("enabled"):
            continue
        wants = wanted(analyser, change.looked_at) or (
            not analyser.any_text and wanted(analyser, change.missed)
        )
        known = found.setdefault(analyser.step, ())
        found[analyser.step] = (*known, name) if wants else known
    return found
