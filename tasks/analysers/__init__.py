"""The analysers: one module each, listed here by hand."""

from __future__ import annotations

from tasks.analysers.contract import Analyser
from tasks.analysers.protection import PROTECTION
from tasks.analysers.quality import QUALITY

ANALYSERS: dict[str, Analyser] = {analyser.name: analyser for analyser in QUALITY + PROTECTION}
"""Every analyser there is, in the order of the documentation."""
