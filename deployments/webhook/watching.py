"""How the webhook does, for who watches it: asked at most every few seconds."""

from __future__ import annotations

import asyncio
import time

from deployments.webhook.dealer import Dealer
from tasks.inbox import Inbox
from tasks.inbox_file import CannotKeep

FRESH = 3.0
"""Seconds for which an answer is good: it costs Prefect about ten calls."""

NOBODY = "dealing: the process that deals with deliveries does not answer; they are kept"


class Watch:
    """What was found last, and when."""

    def __init__(self, inbox: Inbox, dealer: Dealer) -> None:
        self._inbox, self._dealer = inbox, dealer
        self._lock = asyncio.Lock()
        self._missing: tuple[float, tuple[str, ...]] = (-FRESH, ())
        self._figures: tuple[float, str] = (-FRESH, "")

    async def missing(self) -> tuple[str, ...]:
        """Return what is missing for a delivery to become a review."""
        async with self._lock:
            at, known = self._missing
            if time.monotonic() - at < FRESH:
                return known
            said = await self._dealer.ask("ready")
            found = [NOBODY] if said is None else [str(one) for one in said["missing"]]
            try:
                await asyncio.wrap_future(self._inbox.writable())
            except CannotKeep as error:
                found.append(f"inbox: {error}")
            self._missing = time.monotonic(), tuple(found)
            return self._missing[1]

    async def figures(self) -> str:
        """Return the figures of who deals, and of the service where there is one."""
        async with self._lock:
            at, known = self._figures
            if time.monotonic() - at < FRESH:
                return known
            said = await self._dealer.ask("figures")
            self._figures = time.monotonic(), "" if said is None else str(said["text"])
            return self._figures[1]
