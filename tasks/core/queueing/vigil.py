"""Who has died without a word: whose pulse was not seen to move for too long.

Clocks of two machines are never compared: what counts is how long we have watched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks.core.queueing.marks import PULSE_SECONDS, SILENCE_SECONDS

BIRTH_SECONDS = 90.0
"""So long a process may take from being claimed by a worker to its first pulse."""

BLINK_SECONDS = PULSE_SECONDS
"""After a longer look away, of ours or of the server's, the watch begins anew."""

OWN_SECONDS = 2 * PULSE_SECONDS
"""If our own pulse does not get through for so long, nobody's silence means anything."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Something that changes while a process lives, and how long it may not."""

    value: str
    patience: float = SILENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Seen:
    """A pulse, and since when, by our own clock, it has been this."""

    pulse: Pulse
    since: float


@dataclass(frozen=True, slots=True)
class Vigil:
    """What has been seen so far; ``at`` is when we looked last."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    at: float = -math.inf

    def look(self, pulses: Mapping[str, Pulse], now: float, *, own: str = "") -> Vigil:
        """Return what has been seen after this look, at a time of a clock that only goes on.

        Who is not there any more is forgotten. ``own`` names our own pulse among them.
        """
        before = self._own_seen(pulses, now, own) if now - self.at <= BLINK_SECONDS else {}
        seen = {}
        for run, pulse in pulses.items():
            known = before.get(run)
            seen[run] = known if known and known.pulse == pulse else Seen(pulse, now)
        return Vigil(seen, now)

    def silent(self) -> Mapping[str, float]:
        """Return who is dead by the last look, and for how many seconds they were silent."""
        ages = {run: self.at - one.since for run, one in self.seen.items()}
        return {run: age for run, age in ages.items() if age >= self.seen[run].pulse.patience}

    def _own_seen(self, pulses: Mapping[str, Pulse], now: float, own: str) -> Mapping[str, Seen]:
        ours = self.seen.get(own)
        if ours and ours.pulse == pulses.get(own) and now - ours.since >= OWN_SECONDS:
            return {own: ours}
        return self.seen
