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
from tasks.forge.tell import Decide, GiveUp, Wire, fetch, read_pull, speak
from tasks.runs import is_deployed, tell_waiting, tell_working

Result = TypeVar("Result")

BRIEF_SECONDS = 5
"""What a last word may wait for a rate limit: whoever ended the run waits as well."""

WAITS = 6
"""How often something is tried that meets a long rate limit each time."""


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

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"{self.repository}#{self.number}"

    async def fetch(self) -> Fetched:
        """Fetch its commits into the mirror of its repository."""
        return await self._patiently(partial(fetch, context=self.known.context))

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
        brief: bool = False,
    ) -> None:
        """Read, ``again`` if it was read before, and do what is decided to be missing.

        ``check`` names the check run that is ours; ``head`` is the one all this is about,
        ``checks_of`` another one whose check runs are meant. What is ``brief`` waits a moment
        for a rate limit, and no longer.

        Raises:
            Superseded: it has another head by now.
            ForgeError, NotSaid: not everything could be done.
        """

        def deciding(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            self._learn(conversation, checks_of)
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
            ),
            brief=brief,
        )
        self._learn(said.conversation, checks_of)
        for right in said.trouble.forbidden - self.forbidden:
            self._tell(
                f"This token may not write {right.value.replace('_', ' ')}: it goes on without"
            )
        self.forbidden |= said.trouble.forbidden
        for what in said.trouble.failed:
            self._tell(f"GitHub would not take it: {what}")

    def _learn(self, conversation: Conversation, checks_of: str) -> None:
        """Remember what GitHub has, unless it has the check runs of another head than ours."""
        if not checks_of:
            self.conversation = conversation

    def _tell(self, text: str) -> None:
        get_run_logger().warning("%s", text)
        AUDIENCE.get().told(text)

    async def _patiently(self, act: Callable[[Wire], Result], *, brief: bool = False) -> Result:
        """Do it in a thread of its own; wait for what GitHub wants waited for.

        Raises:
            RateLimited: the wait is long, and the worker can do something else meanwhile; or
                it was not the first, and there is no end of them.
        """
        loop = asyncio.get_running_loop()
        audience, waited = AUDIENCE.get(), False

        def waiting(wait: Wait) -> None:
            nonlocal waited
            if brief and wait.seconds > BRIEF_SECONDS:
                raise RateLimited(f"saying a last word about {self.name}", wait)
            waited = True
            audience.told(wait.why)
            asyncio.run_coroutine_threadsafe(tell_waiting(wait), loop).result()

        wire = Wire(self.repository, self.number, self.using, waiting)
        for left in reversed(range(WAITS)):
            try:
                return await asyncio.to_thread(act, wire)
            except RateLimited as limit:
                if brief or not left or limit.wait.too_long or is_deployed():
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
        raise AssertionError("the last round returns or raises")
