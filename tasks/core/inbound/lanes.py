"""Which deliveries are dealt with one after the other: those of one pull request."""

from __future__ import annotations

from tasks.core.inbound.wishes import End, Ignore, LookAround, Reprioritise, ReviewHead, Wish


def lane_of(wish: Wish) -> str:
    """Return what a wish must keep its place behind; empty where that is nothing."""
    if isinstance(wish, Ignore | LookAround):
        return ""
    return subject_name(wish).lower()


def covered(wish: Wish, behind: Wish) -> bool:
    """Return whether what waits behind a wish makes it needless.

    Of a burst of pushes the last counts, of several changes of labels the last; and what is
    closed by then need not be begun. To close is never left out: to open again comes after it.
    """
    if isinstance(wish, ReviewHead) and isinstance(behind, ReviewHead | End):
        return behind.seen.updated >= wish.seen.updated
    if isinstance(wish, Reprioritise) and isinstance(behind, Reprioritise):
        return behind.seen.updated >= wish.seen.updated
    return False


def subject_name(wish: Wish) -> str:
    """Return what a wish is about, for people."""
    if isinstance(wish, ReviewHead | Reprioritise | End):
        return wish.seen.subject.name
    if isinstance(wish, LookAround):
        return ", ".join(wish.repositories) or "an installation"
    return "" if isinstance(wish, Ignore) else wish.subject.name
