"""The analysers of code quality and performance, in the order of the documentation."""

from __future__ import annotations

from tasks.analysers import (
    antipatterns,
    cognitive,
    cyclomatic,
    griffe,
    jscpd,
    oxlint,
    ruff,
    ruff_perf,
    silencers,
    ty,
    typos,
    vulture,
)
from tasks.analysers.contract import Analyser

QUALITY: tuple[Analyser, ...] = (
    ruff.ANALYSER,
    cyclomatic.ANALYSER,
    cognitive.ANALYSER,
    jscpd.ANALYSER,
    vulture.ANALYSER,
    typos.ANALYSER,
    silencers.ANALYSER,
    oxlint.ANALYSER,
    ty.ANALYSER,
    griffe.ANALYSER,
    ruff_perf.ANALYSER,
    antipatterns.ANALYSER,
)
