"""The analysers of code quality and performance, in the order of the documentation."""

from __future__ import annotations

from tasks.analysers import ruff
from tasks.analysers.contract import Analyser

QUALITY: tuple[Analyser, ...] = (ruff.ANALYSER,)
