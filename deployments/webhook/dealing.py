"""Deals with what was accepted: in order for each pull request, several of them side by side."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import httpx
from prefect.client.orchestration import PrefectClient

from deployments.service.child import Say
from tasks.core.inbound.lanes import covered, subject_name
from tasks.core.inbound.reading import Malformed, wish_of
from tasks.core.inbound.wishes import End, Reprioritise, ReviewHead, Wish
from tasks.core.render.escape import one_line
from tasks.errors import ReviewError
from tasks.forge.errors import Ambiguous, RateLimited, Unreachable
from tasks.inbox import HEAD, LABELS, REMEMBERED, Inbox, Kept
from tasks.service.inbound import fulfil
from tasks.service.submit import NoService

SIDE_BY_SIDE = 4
"""Pull requests at once: each is mostly a wait, and Prefect has others to serve."""

LONGEST_PAUSE = 60.0
"""Seconds between two tries, at most."""

IDLE = 30.0
"""Seconds after which we look even where nobody has woken us."""

MOST_TRIES = 20
"""Of what fails by a mistake, ours or Prefect's: what is behind it must not wait for ever."""

FAREWELL = 10.0
"""Seconds for what is at work when we are to end."""

STANDBY = 1.0
"""Seconds between two looks whether the one before us has ended."""

REST = 5.0
"""Seconds to wait where the inbox itself fails."""

HOUR = 3600.0

DEALT, OUTDATED, REFUSED, GIVEN_UP, LATER = "dealt", "outdated", "refused", "given_up", "later"

PASSING = frozenset({401, 403, 408, 425, 429})
"""What Prefect answers where it is set up wrongly or busy: that may be mended, as 5xx."""


class Dealing:
    """What is at work, and whether Prefect is there."""

    def __init__(self, inbox: Inbox, client: PrefectClient, using: str, say: Say) -> None:
        self._inbox, self._client, self._using, self._say = inbox, client, using, say
        self.outcomes: Counter[str] = Counter()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self.ending = False
        self._away = 0.0
        self._away_until = 0.0
        self._rest_until = 0.0
        self._forgot = 0.0

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._woken.set()

    def end(self) -> None:
        """Begin nothing more."""
        self.ending = True
        self._woken.set()

    async def stand_by(self, free: Callable[[], bool]) -> None:
        """Wait until nobody else deals: two at once would not keep the order."""
        while not self.ending and not free():
            self._woken.clear()
            await self._sleep(STANDBY)

    async def run(self) -> None:
        """Deal with what is due until we are told to end."""
        while not self.ending:
            self._woken.clear()
            try:
                pause = self._begin()
            except sqlite3.Error as error:  # a full disk, a locked file: that may pass
                self._say(f"the inbox cannot be read: {error}")
                pause = REST
            await self._sleep(pause)
        if self._busy:
            _, left = await asyncio.wait(self._busy.values(), timeout=FAREWELL)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _begin(self) -> float:
        """Begin with what is due; return after how many seconds to look again."""
        now = time.time()
        if now - self._forgot > HOUR:
            self._inbox.forget(now - REMEMBERED)
            self._forgot = now
        rest = max(self._away_until, self._rest_until)
        if now < rest:
            return rest - now
        most = 1 if self._away else SIDE_BY_SIDE  # one finds out
        if len(self._busy) < most:
            for kept in self._inbox.due(now, most - len(self._busy), self._busy.keys()):
                task = asyncio.create_task(self._deal(kept))
                self._busy[kept.lane] = task
                task.add_done_callback(partial(self._done, kept.lane))
        when = self._inbox.next_due(self._busy.keys())
        if when is None or len(self._busy) >= most:  # who is done wakes us
            return IDLE
        return min(IDLE, max(0.05, when - now))

    def _done(self, lane: str, _: asyncio.Task[None]) -> None:
        del self._busy[lane]
        self._woken.set()

    async def _deal(self, kept: Kept) -> None:
        """Deal with one delivery, and note what was done, or when it is tried again."""
        one = kept.delivery
        told = f"{one.event}"
        try:
            wish = wish_of(one)
            told = f"{one.event} of {subject_name(wish)}"
            outdated = self._outdated(kept, wish)
            if outdated:
                self._note(kept, told, OUTDATED, outdated)
                return
            what = await fulfil(self._client, wish, delivery=one.id, using=self._using)
        except RateLimited as error:
            self._later(kept, told, str(error), error.wait.seconds, counts=False)
        except (Unreachable, Ambiguous, NoService) as error:  # what is done already is left alone
            self._later(kept, told, str(error))
        except (ReviewError, Malformed) as error:
            self._here()
            self._note(kept, told, REFUSED, str(error))
        except httpx.HTTPError as error:
            self._failed(kept, told, error)
        except sqlite3.Error as error:
            self._later(kept, told, f"the inbox cannot be written: {error}")
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end it all
            self._mistaken(kept, told, f"a mistake of ours: {error!r}\n{traceback.format_exc()}")
        else:
            self._here()
            self._note(kept, told, DEALT, what)

    def _outdated(self, kept: Kept, wish: Wish) -> str:
        """Return why there is nothing to do any more: something later was told, or waits."""
        if not isinstance(wish, ReviewHead | Reprioritise | End):
            return ""
        behind = self._inbox.behind(kept)
        with contextlib.suppress(Malformed):  # then it covers nothing
            if behind and covered(wish, wish_of(behind)):
                return "what came after it counts"
        seen, about = wish.seen, LABELS if isinstance(wish, Reprioritise) else HEAD
        if self._inbox.newest(seen.subject.name, seen.updated, about=about):
            return ""
        return "something later was dealt with already"

    def _failed(self, kept: Kept, told: str, error: httpx.HTTPError) -> None:
        """Wait for Prefect where it is away; what it refuses is tried a few times."""
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        why = f"Prefect: {one_line(str(error) or repr(error))}"
        if status and status < 500 and status not in PASSING:  # noqa: PLR2004
            self._mistaken(kept, told, why)
            return
        if not self._away:
            self._say(f"{why}; deliveries wait until it answers")
        if time.time() >= self._away_until:  # those that began with it fail with it
            self._away = min(LONGEST_PAUSE, max(1.0, 2 * self._away))
            self._away_until = time.time() + self._away
        self._later(kept, told, why, 0.0, counts=False, aloud=False)

    def _here(self) -> None:
        """Note that Prefect answers."""
        if self._away:
            self._say("Prefect answers again")
        self._away = self._away_until = 0.0

    def _mistaken(self, kept: Kept, told: str, why: str) -> None:
        """Try again for a while what fails by a mistake, then go on without it."""
        if kept.attempts + 1 < MOST_TRIES:
            self._later(kept, told, why)
        else:
            self._note(kept, told, GIVEN_UP, f"given up after {MOST_TRIES} tries: {why}")

    def _later(
        self,
        kept: Kept,
        told: str,
        why: str,
        seconds: float | None = None,
        *,
        counts: bool = True,
        aloud: bool = True,
    ) -> None:
        """Have it tried again: after ``seconds``, or later each time."""
        pause = min(LONGEST_PAUSE, 2.0 ** min(kept.attempts, 6)) if seconds is None else seconds
        with self._resting():
            self._inbox.again(kept.delivery.id, why, time.time() + pause, counts=counts)
        self.outcomes[LATER] += 1
        if aloud:
            self._say(f"{told}: {why.rstrip()}; again in {pause:.0f} s")

    @contextlib.contextmanager
    def _resting(self) -> Iterator[None]:
        """Rest a while where the inbox cannot be written: it is due as it was."""
        try:
            yield
        except sqlite3.Error as error:
            self._say(f"the inbox cannot be written: {error}")
            self._rest_until = time.time() + REST

    def _note(self, kept: Kept, told: str, outcome: str, what: str) -> None:
        """Note that it was dealt with. Where that cannot be written it is dealt with again."""
        with self._resting():
            self._inbox.dealt(kept.delivery.id, what)
        self.outcomes[outcome] += 1
        tries = f" (try {kept.attempts + 1})" if kept.attempts else ""
        self._say(f"{told}: {one_line(what)}{tries}")
