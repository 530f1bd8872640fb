"""Have GitHub show that a review was cancelled, where no process of it was there to say so.

Who is preempted, paused or put off has shown that it goes on, and has no process. Whoever cancels
it does so on the server, in a hundred ways: this finds it there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound

from tasks.core.forge.about import Run, Trouble
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.limits import Wait
from tasks.core.forge.progress import is_shown
from tasks.core.forge.saying import to_fail, to_supersede
from tasks.core.forge.writes import Write
from tasks.core.policy import ReviewPolicy
from tasks.errors import CannotReview, ReviewError
from tasks.forge.errors import RateLimited
from tasks.forge.tell import PASSING, Wire, read_pull, speak
from tasks.policy_file import POLICY, policy_in
from tasks.review_state import subject_of
from tasks.runs import page_of
from tasks.service.live import head_of
from tasks.service.unsaid import is_said, somebody_else, unsaid

LOOK_SECONDS = 3.0
"""How often we look what was cancelled."""

AGAIN_SECONDS = 60.0
"""When it is tried again to say what GitHub did not take: it is away, or has its limits."""

BACK = timedelta(days=1)
"""What was cancelled so long before we began to look is looked at; what is older is history."""

SLACK = timedelta(minutes=5)
"""So far may the clocks of two machines differ."""

BRIEF_SECONDS = 5
"""What is waited for GitHub's limits; after more than that it is the next time's."""


@dataclass(slots=True)
class Farewells:
    """One that looks for such reviews now and then, beside its other work."""

    client: PrefectClient
    log: logging.Logger | logging.LoggerAdapter[logging.Logger]
    _since: datetime = field(default_factory=lambda: datetime.now(UTC) - BACK)
    _looked: float | None = None
    _round: asyncio.Task[None] | None = None
    _later: dict[UUID, float] = field(default_factory=dict)

    def look(self) -> None:
        """Begin to look, if it is time and nobody is at it; it is no matter if that fails."""
        if self._round and not self._round.done():
            return
        if self._round and (error := self._round.exception()):
            self.log.error("What was cancelled could not be said on GitHub: %r", error)
        self._round = None
        now = time.monotonic()
        if self._looked is None or now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._round = asyncio.create_task(self.once())

    async def end(self) -> None:
        """Stop looking."""
        if self._round:
            self._round.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._round

    async def once(self) -> None:
        """Say what is unsaid; what GitHub does not take now is tried again later."""
        began, left = datetime.now(UTC), False
        with contextlib.suppress(httpx.HTTPError, ObjectNotFound):  # the server: the next time
            for run in await unsaid(self.client, self._since):
                late = self._later.get(run.id, 0.0) > time.monotonic()
                left |= late or not await self._told(run)
            if not left:
                self._since = began - SLACK
                self._later.clear()

    async def _told(self, run: FlowRun) -> bool:
        """Say it of one; return whether nothing more is to be done about it."""
        other = await somebody_else(self.client, run)
        try:
            how = f"{other} is at it" if other else await _farewell(run)
        except (*PASSING, RateLimited) as error:
            self.log.warning("%s: said on GitHub later: %s", subject_of(run), error)
            self._later[run.id] = time.monotonic() + AGAIN_SECONDS
            return False
        except ReviewError as error:
            self.log.warning("%s: it cannot be said on GitHub: %s", subject_of(run), error)
            how = f"it cannot be: {error}"
        await is_said(self.client, run, how[:200])
        return True


async def _farewell(run: FlowRun) -> str:
    """Let its check say why it is not reviewed; return what was done.

    Raises:
        ReviewError: GitHub does not take it.
    """
    said = run.parameters
    wire = Wire(str(said["repository"]), int(said["number"]), str(said.get("using") or ""), _brief)
    try:
        return await asyncio.to_thread(_say, wire, run)
    except asyncio.CancelledError:
        wire.hang_up()
        raise


def _brief(wait: Wait) -> None:
    """Wait for a moment, and no longer.

    Raises:
        RateLimited: it would be longer.
    """
    if wait.seconds > BRIEF_SECONDS:
        raise RateLimited("saying that a review was cancelled", wait)


def _say(wire: Wire, run: FlowRun) -> str:
    conversation = read_pull(wire, ReviewPolicy().say.check)
    known = Run(run=str(run.id), run_url=page_of(run), policy=_policy(run, conversation))
    head = head_of(run) or conversation.context.head_sha
    why = (run.state.message if run.state else None) or "by a person"

    def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
        if not is_shown(conversation, known, head, trouble):
            return ()
        by = conversation.context.head_sha
        if by != head:
            return to_supersede(conversation, known, head, by, trouble)
        return to_fail(conversation, known, f"its run was cancelled: {why}", trouble)

    said = speak(wire, decide, known.policy.say.check, checks_of=head)
    return "said" if said.writes else "nothing was to be said"


def _policy(run: FlowRun, conversation: Conversation) -> ReviewPolicy:
    """Return the policy that it was reviewed by, as far as that is known: for the check's name."""
    given = run.parameters.get("policy")
    if given:
        return ReviewPolicy.model_validate(given)
    where = f"{conversation.context.base_branch}:{POLICY}"
    with contextlib.suppress(CannotReview):  # the run could not follow it, either
        return policy_in(conversation.settings, where)
    return ReviewPolicy()
