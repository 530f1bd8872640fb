"""How old what was read of a pull request may be when we write: a process can stop in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.core.forge.conversation import Conversation
from tasks.uptime import uptime

SECONDS = 20.0
"""By then another process may have taken us for dead, and said it all itself."""

SLOW_READS = 3
"""After so many readings in a row that were too slow for that, what was read is acted upon."""


class StaleError(Exception):
    """What was read is too old to be acted upon."""


@dataclass(slots=True)
class Freshness:
    """What was read just now, and gets older. ``allowed`` raises if we may not write any more."""

    seconds: float = SECONDS
    allowed: Callable[[], None] = lambda: None
    _read_at: float = field(default_factory=uptime)
    _slow: int = 0

    def read(self, read: Callable[[], Conversation]) -> Conversation:
        """Read it again; it is as old as the question, not as the answer."""
        began = uptime()
        conversation = read()
        self._read_at = began
        return conversation

    def must_do(self) -> None:
        """Refuse to act upon what is too old.

        Raises:
            StaleError: it is; read again.
        """
        self.allowed()
        if uptime() - self._read_at > self.seconds and self._slow < SLOW_READS:
            self._slow += 1
            raise StaleError
        self._slow = 0
