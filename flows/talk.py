"""One run's talk with GitHub: patient with its limits, and silent where nothing is to be said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from prefect.logging import get_run_logger

from flows.audience import AUDIENCE
from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.limits import Wait
from tasks.core.forge.writes import Right, Write
from tasks.forge.errors import RateLimited
from tasks.forge.mirror import Fetched
from tasks.forge.tell import Decide, GiveUp, Wire, fetch, may_write, read_pull, speak
from tasks.runs import is_deployed, tell_waiting, tell_working

Result = TypeVar("Result")


@dataclass(slots=True)
class Talk:
    """About one pull request.

    ``conversation`` is what GitHub had when we looked last, ``forbidden`` what the token was
    refused. With ``publish`` false, everything is read and nothing is written.
    """

    repository: str
    number: int
    using: str = ""
    publish: bool = True
    conversation: Conversation | None = None
    forbidden: frozenset[Right] = frozenset()

    async def fetch(self) -> Fetched:
        """Fetch its commits into the mirror of its repository."""
        return await self._patiently(partial(fetch, context=self.known.context))

    async def may_write(self, login: str) -> bool:
        """Return whether this person may write to the repository, as GitHub says it."""
        return await self._patiently(partial(may_write, login=login))

    @property
    def known(self) -> Conversation:
        """Return what GitHub had when we looked last.

        Raises:
            LookupError: nobody has looked yet.
        """
        if self.conversation is None:
            raise LookupError("the pull request was not read yet")
        return self.conversation

    async def look(self, check: str) -> None:
        """Read it, or read it again; ``check`` names the check run that is ours."""
        self.conversation = await self._patiently(partial(read_pull, check=check))

    async def say(
        self,
        decide: Decide,
        check: str,
        *,
        again: bool = True,
        head: str = "",
        checks_of: str = "",
        give_up: GiveUp | None = None,
    ) -> None:
        """Read, ``again`` if it was read before, and do what is decided to be missing.

        ``check`` names the check run that is ours; ``head`` is the one all this is about,
        ``checks_of`` another one whose check runs are meant.

        Raises:
            Superseded: it has another head by now.
            ForgeError, NotSaid: not everything could be done.
        """

        def deciding(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            self.conversation = conversation
            return decide(conversation, trouble.but(forbidden=trouble.forbidden | self.forbidden))

        if not self.publish:
            if again:
                await self.look(check)
            decide(self.known, Trouble())
            return
        said = await self._patiently(
            partial(
                speak,
                decide=deciding,
                check=check,
                conversation=None if again else self.conversation,
                head=head,
                checks_of=checks_of,
                give_up=give_up,
            )
        )
        self.conversation = said.conversation
        self.forbidden |= said.trouble.forbidden
        for what in said.trouble.failed:
            get_run_logger().warning("GitHub would not take it: %s", what)

    async def _patiently(self, act: Callable[[Wire], Result]) -> Result:
        """Do it in a thread of its own; wait for what GitHub wants waited for.

        Raises:
            RateLimited: the wait is long, and the worker can do something else meanwhile.
        """
        loop = asyncio.get_running_loop()
        audience, waited = AUDIENCE.get(), False

        def waiting(wait: Wait) -> None:
            nonlocal waited
            waited = True
            audience.told(wait.why)
            asyncio.run_coroutine_threadsafe(tell_waiting(wait), loop).result()

        wire = Wire(self.repository, self.number, self.using, waiting)
        while True:
            try:
                return await asyncio.to_thread(act, wire)
            except RateLimited as limit:
                if limit.wait.too_long or is_deployed():
                    raise
                waited = True
                audience.told(limit.wait.why)
                await tell_waiting(limit.wait)
                await asyncio.sleep(limit.wait.seconds)
            except asyncio.CancelledError:
                wire.hang_up()
                raise
            finally:
                if waited:
                    waited = False
                    await tell_working()
