"""Which certificates are trusted beside the usual ones: those of a company, for example."""

from __future__ import annotations

import os

NAMES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Where people name them. Of our clients, each reads another of these by itself; we read all."""


def certificates(*before: str) -> str:
    """Return the file that holds them, or nothing; ``before`` names variables that go first."""
    return next(filter(None, map(os.environ.get, (*before, *NAMES))), "")
