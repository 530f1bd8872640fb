"""Turn why git could not fetch a pull request into the error that says what to do about it."""

from __future__ import annotations

from pathlib import Path

from tasks.core.context import SHORT, PRContext
from tasks.core.forge.fetching import Failure, Kind
from tasks.core.render.escape import one_line
from tasks.errors import CannotReview, ReviewError
from tasks.forge.errors import BadCredentials, Gone, NotAllowed, Unreachable
from tasks.forge.git_remote import FetchBounds


class Damaged(CannotReview):
    """The mirror itself is not in order, and has to be made anew."""


ADVICE = {
    Kind.MOVED: "it has another name or owner now; review it under that one",
    Kind.CERTIFICATE: "its certificate is not trusted here; name your company's in SSL_CERT_FILE",
    Kind.NO_ROOM: "there is no room for it in {folder}; make some, or set REVIEW_HOME",
    Kind.TOO_LARGE: "it is larger than the {most:,} MB that one fetch may bring",
    Kind.BROKEN: "it holds an object that git refuses; `git fsck` in a clone names them all",
    Kind.OTHER: "git cannot; try the same by hand",
}

DAMAGE = "its mirror {folder} is damaged; look after the disk it is on"


def refusal(
    context: PRContext, failure: Failure, *, folder: Path, bounds: FetchBounds
) -> ReviewError:
    """Return the error for a fetch that failed."""
    number = f"#{context.pr_number}" if context.pr_number else ""
    what = f"fetching {context.repository}{number}"
    said = failure.said
    by_itself: dict[Kind, ReviewError] = {
        Kind.UNREACHABLE: Unreachable(what, said),
        Kind.BAD_CREDENTIALS: BadCredentials(what, said),
        Kind.NOT_ALLOWED: NotAllowed(what, said, "contents: read"),
        Kind.NO_REPOSITORY: Gone(what, said),
        Kind.NO_SUCH_REF: CannotReview(f"{what}: {_missing(context, failure)}"),
        Kind.NOT_SERVED: CannotReview(f"{what}: {_missing(context, failure)}"),
        Kind.DAMAGED: Damaged(f"{what}: {DAMAGE.format(folder=folder)} ({one_line(said, 300)})"),
    }
    if failure.kind in by_itself:
        return by_itself[failure.kind]
    advice = ADVICE[failure.kind].format(folder=folder, most=bounds.max_bytes // 10**6)
    return CannotReview(f"{what}: {advice} ({one_line(said, 300)})")


def _missing(context: PRContext, failure: Failure) -> str:
    """Return which of the commits is not there any more, and what to do."""
    if failure.about in {f"refs/heads/{context.base_branch}", context.base_sha}:
        branch = one_line(context.base_branch or context.base_sha, 100)
        return f"its base {branch} is gone; choose another base for the pull request"
    return head_is_gone(context)


def head_is_gone(context: PRContext) -> str:
    """Return that what was to be reviewed is not there any more."""
    head = context.head_sha[:SHORT]
    return f"its head {head} is not on GitHub: it was pushed over; review the newest one"
