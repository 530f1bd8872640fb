"""What is learned while a review is said: each trouble with GitHub changes what is tried next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tasks.core.forge.about import Trouble
from tasks.core.forge.writes import (
    RIGHTS,
    DeleteComment,
    DismissReview,
    Event,
    PostReview,
    RemovePending,
    Write,
)
from tasks.forge.errors import (
    Ambiguous,
    ForgeError,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
    Unreachable,
)

AS_COMMENT = ("your own pull request", "not permitted to approve")
"""How GitHub refuses a review for its event; it takes the same one as a comment."""

ONE_PENDING = "pending review"
"""How it refuses a review while another is pending."""

BESIDES = frozenset({RemovePending, DismissReview, DeleteComment})
"""Who may not do these may still review, and comment."""


@dataclass(frozen=True, slots=True)
class Course:
    """How saying goes. ``failures`` counts what may go well the next time.

    What GitHub refused once is ``doubted``: the pull request may have changed meanwhile. What it
    refused twice, or does not allow, is ``given_up``, all of that kind or this one thing.
    """

    trouble: Trouble = field(default_factory=Trouble)
    failures: int = 0
    doubted: frozenset[Write] = frozenset()
    given_up: frozenset[Write | type] = frozenset()
    as_comment: bool = False
    halvings: int = 0

    def left_of(self, writes: Sequence[Write]) -> tuple[Write, ...]:
        """Return what is worth trying of a decision, as GitHub will take it."""
        mild = (
            replace(write, event=Event.COMMENT)
            if self.as_comment and isinstance(write, PostReview)
            else write
            for write in writes
        )
        return tuple(w for w in mild if self.given_up.isdisjoint({w, type(w)}))

    def blaming(self, refused: Mapping[str, str]) -> Course:
        """Return it with comments that GitHub does not take, by their findings' fingerprints."""
        trouble = self.trouble.but(refused={**self.trouble.refused, **refused})
        return replace(self, trouble=trouble, halvings=self.halvings + 1)

    def uploaded(self) -> Course:
        """Return it with the knowledge that code scanning has the findings: it cannot be read."""
        return replace(self, trouble=self.trouble.but(uploaded=True))

    def suspects_comments(self, write: Write, error: ForgeError) -> bool:
        """Return whether the comments of a review may be why it is refused."""
        return (
            isinstance(write, PostReview)
            and bool(write.comments)
            and isinstance(error, Refused)
            and not another_is_pending(error)
            and (self.as_comment or not event_is_refused(write, error))
        )

    def after(self, write: Write, error: ForgeError) -> Course:
        """Return it with what this error teaches; one that teaches nothing is raised."""
        match error:
            case Ambiguous() | Unreachable() | RateLimited():
                return replace(self, failures=self.failures + 1)
            case NotAllowed() if type(write) in BESIDES:
                return _without(self, type(write), error)
            case NotAllowed():
                return self._forbidden(write)
            case Refused() | Gone():
                return self._refused(write, error)
        raise error

    def _refused(self, write: Write, error: Refused | Gone) -> Course:
        if event_is_refused(write, error) and not self.as_comment:
            return replace(self, as_comment=True)
        if write not in self.doubted:
            # another worker tries comments, or one was killed at it: else a person writes one
            more = int(another_is_pending(error))
            doubted = self.doubted | {write}
            return replace(self, doubted=doubted, failures=self.failures + more)
        # what would have been inline is in the summary then
        return _without(
            self._forbidden(write) if isinstance(write, PostReview) else self, write, error
        )

    def _forbidden(self, write: Write) -> Course:
        forbidden = self.trouble.forbidden | {RIGHTS[type(write)]}
        return replace(self, trouble=self.trouble.but(forbidden=forbidden))


def _without(course: Course, what: Write | type, error: ForgeError) -> Course:
    failed = tuple(dict.fromkeys((*course.trouble.failed, str(error))))
    trouble = course.trouble.but(failed=failed)
    return replace(course, given_up=course.given_up | {what}, trouble=trouble)


def event_is_refused(write: Write, error: ForgeError) -> bool:
    """Return whether a review is refused only for what it does besides commenting."""
    return (
        isinstance(write, PostReview)
        and write.event is not Event.COMMENT
        and any(words in words_of(error).lower() for words in AS_COMMENT)
    )


def another_is_pending(error: ForgeError) -> bool:
    """Return whether a review is refused because another of ours is pending."""
    return ONE_PENDING in words_of(error).lower()


def words_of(error: ForgeError) -> str:
    """Return what GitHub said: the single errors say more than the message."""
    return "; ".join(error.errors if isinstance(error, Refused) else ()) or error.message
