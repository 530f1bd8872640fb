"""The analysers of security and configuration, in the order of the documentation."""

from __future__ import annotations

from tasks.analysers.contract import Analyser

PROTECTION: tuple[Analyser, ...] = ()
