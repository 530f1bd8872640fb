"""What the webhook's processes say, one line an event, as ``review up`` does."""

from __future__ import annotations

import sys
from datetime import datetime


def to_errors(text: str) -> None:
    """Show a line at once, with its time."""
    sys.stderr.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {text}\n")
    sys.stderr.flush()
