"""The one folder outside a checkout that we write to: ``REVIEW_HOME``."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the data folder: ``REVIEW_HOME``, else in the user's data directory.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    said = os.environ.get("REVIEW_HOME")
    if said:
        return Path(said).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "prefect-review"
