"""The names of the states in which a run ends that needs no verdict."""

from __future__ import annotations

NOT_REVIEWED, SUPERSEDED = "NotReviewed", "Superseded"
