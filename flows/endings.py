"""The names of the states in which a run ends that needs no verdict."""

from __future__ import annotations

from tasks.core.queueing.marks import NOT_REVIEWED

__all__ = ["NOT_REVIEWED", "SUPERSEDED"]

SUPERSEDED = "Superseded"
