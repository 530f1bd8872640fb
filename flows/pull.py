"""What one review says of a pull request, from its first word to the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from prefect.logging import get_run_logger

from flows.reviewing import Reviewed
from flows.talk import Talk
from tasks.core.context import PRContext
from tasks.core.dismissal import Dismissal
from tasks.core.forge.about import About, Run, Trouble
from tasks.core.forge.admission import why_not
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.dismissals import dismissals_of
from tasks.core.forge.saying import to_begin, to_fail, to_say, to_skip, to_supersede
from tasks.core.forge.writes import Right, Write
from tasks.core.policy import ReviewPolicy
from tasks.core.verdict import Verdict
from tasks.errors import CannotReview, ReviewError
from tasks.forge.said import Superseded
from tasks.runs import page_of_run, run_id, tag_of

PolicyFor = Callable[[Conversation], ReviewPolicy]


@dataclass(slots=True)
class Pull:
    """A pull request as one run of a review knows it.

    ``policy``, ``head`` and ``base``, which are those that are reviewed, are known once it is
    opened; ``base`` is a branch.
    """

    talk: Talk
    policy: ReviewPolicy = field(default_factory=ReviewPolicy)
    again: bool = False
    head: str = ""
    base: str = ""

    @property
    def run(self) -> Run:
        """Return who reviews, and by which policy."""
        return Run(run=run_id(), run_url=page_of_run(), policy=self.policy)

    @property
    def context(self) -> PRContext:
        """Return what GitHub said last of the pull request."""
        return self.talk.known.context

    @property
    def unread(self) -> bool:
        """Return whether our token may not say there what people have to read."""
        return self.talk.publish and Right.COMMENTS in self.talk.forbidden

    async def open(self, policy_for: PolicyFor) -> str:
        """Read it, and show that it is to be reviewed, or why not; return why not, or nothing."""
        why = ""

        def first(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            nonlocal why
            known = self.policy.say.check
            self.head = conversation.context.head_sha
            self.base = conversation.context.base_branch
            self.policy = policy_for(conversation)
            why = why_not(conversation.context, self.policy.pull_requests)
            if self.policy.say.check != known:
                return ()  # our check runs have another name than those that were read
            if why:
                return to_skip(conversation, self.run, why, trouble)
            return to_begin(conversation, self.run, "queued", trouble, again=self.again)

        asked = self.policy.say.check
        await self.talk.say(first, asked)
        if self.policy.say.check != asked:
            await self.talk.say(first, self.policy.say.check)
        return why

    async def skip(self, why: str) -> None:
        """Show that it is not reviewed after all, and why."""

        def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            return to_skip(conversation, self.run, why, trouble)

        await self.talk.say(decide, self.policy.say.check)

    async def begin(self) -> None:
        """Show that it is looked at now; it is no matter if that fails."""

        def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            return to_begin(conversation, self.run, "in_progress", trouble)

        try:
            await self.talk.say(decide, self.policy.say.check, again=False)
        except ReviewError as error:
            get_run_logger().warning("%s", error)

    async def say(
        self, review: Reviewed, dismissals: Sequence[Dismissal], seconds: float
    ) -> Verdict:
        """Say the verdict, and return it: in view of what people have dismissed by now.

        Raises:
            Superseded: it has another head by now; nothing is said of this one.
            CannotReview: it is for another branch by now.
            ForgeError, NotSaid: not everything could be said.
        """
        verdict = review.verdict
        about = About(
            run=run_id(),
            run_url=page_of_run(),
            policy=self.policy,
            shown=review.shown,
            change=review.change,
            seconds=seconds,
        )

        def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            nonlocal verdict
            self._same_base(conversation)
            theirs = dismissals_of(conversation, self.policy.say)
            verdict = review.decide((*dismissals, *theirs))
            return to_say(verdict, conversation, about, trouble)

        check, head = self.policy.say.check, review.change.head
        await self.talk.say(decide, check, head=head, give_up=self._failing)
        return verdict

    async def look_again(self) -> None:
        """Read it again.

        Raises:
            Superseded: it has another head by now.
        """
        await self.talk.look(self.policy.say.check)
        if self.context.head_sha != self.head:
            raise Superseded(tag_of(self.context), self.head, self.context.head_sha)

    async def supersede(self, head: str, by: str) -> None:
        """Show that a head is not reviewed any more, where it was shown that it would be.

        That this cannot be said is no reason to stop: what is reviewed instead says more.
        """

        def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            return to_supersede(conversation, self.run, head, by, trouble)

        try:
            await self.talk.say(decide, self.policy.say.check, checks_of=head, brief=True)
        except ReviewError as error:
            get_run_logger().warning("It could not be said on GitHub: %s", error)

    async def fail(self, why: str) -> Superseded | None:
        """Show that the head we review could not be, and why, if that can be said.

        Returns by what it is superseded, if it has another head by now: then that is shown.
        """
        if not self.head:
            return None

        def decide(conversation: Conversation, trouble: Trouble) -> tuple[Write, ...]:
            if conversation.context.head_sha != self.head:
                return ()
            return self._failing(conversation, trouble, why)

        try:
            await self.talk.say(decide, self.policy.say.check, brief=True)
        except ReviewError as error:
            get_run_logger().warning("It could not be said on GitHub either: %s", error)
        by = self.context.head_sha
        if by == self.head:
            return None
        await self.supersede(self.head, by)
        return Superseded(tag_of(self.context), self.head, by)

    def _same_base(self, conversation: Conversation) -> None:
        """Refuse a verdict on a change from another base: its lines and its policy are others.

        Raises:
            CannotReview: it is for another branch than the one we began with.
        """
        base = conversation.context.base_branch
        if base != self.base:
            raise CannotReview(
                f"{self.context}: it was for {self.base} and is for {base} by now, so this review "
                "says nothing; review it again"
            )

    def _failing(self, conversation: Conversation, trouble: Trouble, why: str) -> tuple[Write, ...]:
        return to_fail(conversation, self.run, why, trouble)
