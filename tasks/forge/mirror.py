"""Fetch a pull request's commits into a mirror of its repository, where any review can read them.

The mirror has the whole history of what it has, never a part: merge bases, renames and contents
come from it without another word to GitHub. A partial or shallow clone would have to fetch each
missing file by itself, with the token, in the middle of a review (``tasks.git`` forbids it).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tasks.core.context import PRContext
from tasks.core.forge.address import Address
from tasks.core.forge.fetching import BASE, PULL, Wants, otherwise, wants_of
from tasks.core.render.escape import one_line
from tasks.errors import CannotReview
from tasks.forge.git_refusals import Damaged, head_is_gone, refusal
from tasks.forge.git_remote import FetchBounds, FetchFailedError, Remote
from tasks.forge.mirror_care import care_when_due
from tasks.forge.mirror_place import Mirror


@dataclass(frozen=True, slots=True)
class Fetched:
    """A pull request's commits, all in one repository: ``repository`` is its folder.

    ``base`` is the tip of the base branch as it is now, or was last where it is gone.
    """

    repository: str
    base: str
    head: str
    merge_base: str


def fetch_pull(
    context: PRContext,
    *,
    address: Address,
    token: Callable[[], str],
    folder: Path,
    bounds: FetchBounds | None = None,
) -> Fetched:
    """Fetch what is not here yet of a pull request; ``folder`` holds all mirrors.

    Head and base come from the base repository: GitHub keeps the head of a fork's pull request
    there too, at ``refs/pull/N/head``.

    Raises:
        CannotReview: its head or base is gone, or there is no way to fetch or to keep it.
        Unreachable: nobody answered; try again.
        BadCredentials, NotAllowed, Gone: the token is not enough.
    """
    bounds = bounds or FetchBounds()
    until = time.monotonic() + bounds.seconds
    mirror = Mirror.of(folder, address, context.repository)
    remote = Remote(address.git_url(context.repository), token)
    _check(context)
    with mirror.held(bounds.seconds) as hold:
        left = replace(bounds, seconds=max(until - time.monotonic(), 1))
        try:
            fetched = _fetch(mirror, remote, context, hold, left)
        except Damaged:  # by a crash of the machine, mostly: all of it is on GitHub
            mirror.renew()
            fetched = _fetch(mirror, remote, context, hold, left)
    care_when_due(folder)
    return fetched


def is_ancestor(folder: Path, old: str, new: str) -> bool:
    """Return whether a commit is another one, or one that it comes from.

    ``folder`` is a mirror, ``new`` a commit that was fetched into it.

    Raises:
        CannotReview: the newer one was not fetched.
    """
    mirror = Mirror(folder)
    if not mirror.has(new):
        raise CannotReview(f"{one_line(new, 64)} is not in {folder}; fetch it first")
    if not mirror.git.line(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{old}^{{commit}}"
    ):
        return False  # all that the newer one comes from is here
    return mirror.git.run("merge-base", old, new, ok=(0, 1)).decode().split("\n")[0] == old


def _check(context: PRContext) -> None:
    """Refuse what is no question: no commit, or a branch that no branch is called.

    Raises:
        CannotReview: it is one of these.
    """
    if not context.head_sha or not (context.base_branch or context.base_sha):
        raise CannotReview(f"{context}: which commits, is not said; read the pull request first")


def _fetch(
    mirror: Mirror, remote: Remote, context: PRContext, hold: int, bounds: FetchBounds
) -> Fetched:
    """Fetch into a mirror that is held, and keep what came.

    Raises:
        ReviewError: it cannot be done.
    """
    head = context.head_sha
    _check_branch(mirror, context.base_branch)
    here = mirror.has(head)
    mirror.use(head)
    wants = _bring(mirror, remote, context, wants_of(context, head_is_here=here), hold, bounds)
    if PULL in wants.head:
        _admit(mirror, context)
    base = mirror.git.resolve(BASE) if BASE in wants.base else context.base_sha
    mirror.keep(base)
    common = mirror.git.run("merge-base", base, head, ok=(0, 1)).decode().split("\n")[0]
    if not common:
        why = f"its head {head} and its base {base} have no commit in common; rebase it"
        raise CannotReview(f"{context}: {why}")
    return Fetched(str(mirror.folder), base, head, common)


def _check_branch(mirror: Mirror, branch: str) -> None:
    """Refuse a name that would be more than a branch in a refspec.

    Raises:
        CannotReview: it is one.
    """
    if not branch:
        return
    try:
        mirror.git.run("check-ref-format", f"refs/heads/{branch}")
    except CannotReview:
        raise CannotReview(f"{one_line(branch, 100)!a} is no name of a branch") from None


def _bring(
    mirror: Mirror, remote: Remote, context: PRContext, wants: Wants, hold: int, bounds: FetchBounds
) -> Wants:
    """Fetch what is wanted, or what does as well; return what it was in the end.

    Raises:
        ReviewError: it cannot be had.
    """
    while True:
        try:
            remote.fetch(mirror.folder, wants.refspecs, hold=hold, bounds=bounds)
        except FetchFailedError as error:
            mirror.sweep()
            other = otherwise(wants, context, error.failure)
            if other == wants:
                raise refusal(context, error.failure, folder=mirror.folder, bounds=bounds) from None
            wants = other
        else:
            mirror.sweep()  # an attempt before the one that went well may have left half a pack
            return wants


def _admit(mirror: Mirror, context: PRContext) -> None:
    """Keep the head, if the pull request's own ref leads to it.

    Raises:
        CannotReview: it does not any more.
    """
    head, git = context.head_sha, mirror.git
    found = git.line("rev-parse", "--verify", "--quiet", f"{head}^{{commit}}")
    if not found or git.run("merge-base", head, PULL, ok=(0, 1)).decode().split("\n")[0] != head:
        raise CannotReview(f"{context}: {head_is_gone(context)}")
    mirror.keep(head)
