"""Findings that a person has dismissed, or that a repository had before: they do not count."""

from __future__ import annotations

import enum

from pydantic import BaseModel, ConfigDict


class Scope(enum.StrEnum):
    """Where a dismissal holds."""

    PULL_REQUEST = "pull_request"
    REPOSITORY = "repository"
    BASELINE = "baseline"


class Dismissal(BaseModel):
    """Somebody's word that a finding need not be mended.

    ``fingerprint`` knows the finding by its line and the lines beside it, ``line_fingerprint``
    by its line alone. ``by`` is a login, ``at`` ISO 8601 where it is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str
    line_fingerprint: str = ""
    rule: str = ""
    path: str = ""
    by: str = ""
    why: str = ""
    at: str = ""
    scope: Scope = Scope.PULL_REQUEST
