"""A clock that goes on while this process is stopped, and while the machine sleeps."""

from __future__ import annotations

import time


def uptime() -> float:
    """Return the seconds since the machine was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
