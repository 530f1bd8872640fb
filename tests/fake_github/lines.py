"""Where comments may stand, and where they are after a push."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.fake_github.diffs import FileDiff, carried, compare
from tests.fake_github.git_state import merge_base, tip
from tests.fake_github.state import Pull, ReviewComment

BLANK = "Pull request review thread diff hunk can't be blank"
NO_PATH = f"Pull request review thread path is invalid and {BLANK}"
NO_LINE = f"Pull request review thread line must be part of the diff and {BLANK}"
NO_START = (
    f"Pull request review thread start line must be part of the same hunk as the line. and {BLANK}"
)
NEITHER = (
    "Pull request review thread line must be part of the diff, Pull request review thread start"
    f" line must be part of the same hunk as the line., and {BLANK}"
)
NOT_BEFORE = "Pull request review thread start line must precede the end line."


@dataclass(frozen=True)
class Place:
    """Lines of a diff that somebody wants to comment on."""

    path: str
    line: int | None
    start_line: int | None = None
    side: str = "RIGHT"
    start_side: str | None = None


def changes(pull: Pull, head: str | None = None) -> dict[str, FileDiff]:
    """What a pull request changes: from its merge base with the base branch as it is now."""
    folder, head = pull.repo.folder, head or pull.head_sha
    return compare(folder, base_of(folder, pull, head), head)


def base_of(folder: Path, pull: Pull, head: str) -> str:
    """The merge base. A merged pull request keeps the one it had."""
    base = pull.base_sha if pull.merged else tip(folder, pull.base_ref) or pull.base_sha
    return merge_base(folder, base, head) or base


def refusal(pull: Pull, head: str, place: Place) -> str | None:
    """Why nobody can comment there, in GitHub's words; None: they can."""
    file = changes(pull, head).get(place.path)
    if file is None:
        return NO_PATH
    hunk = file.hunk(place.line or 0, place.side)
    if place.start_line is None:
        return None if hunk else NO_LINE
    if hunk is None:
        return NEITHER
    start = file.hunk(place.start_line, place.start_side or place.side)
    if start != hunk:
        return NO_START
    return NOT_BEFORE if place.start_line >= (place.line or 0) else None


def excerpt(pull: Pull, head: str, place: Place) -> str:
    """The part of the diff that a comment shows: from its hunk's head down to its line."""
    file = changes(pull, head)[place.path]
    hunk = file.hunk(place.line or 0, place.side) or ()
    last = next(one.position for one in hunk if one.number(place.side) == place.line)
    texts = file.patch.split("\n")[: last + 1]
    first = max(at for at, text in enumerate(texts) if text.startswith("@@ "))
    return "\n".join(texts[first:])


def line_now(comment: ReviewComment, number: int | None) -> int | None:
    """Where a line of a comment is in the pull request's head; None: the comment is outdated."""
    pull = comment.thread.pull
    if number is None:
        return None
    if comment.side == "LEFT":
        file = changes(pull).get(comment.path)
        return number if file and file.hunk(number, "LEFT") else None
    now = carried(pull.repo.folder, comment.original_commit_id, pull.head_sha, comment.path, number)
    if now is None:
        return None
    path, line = now
    file = changes(pull).get(path)
    return line if file and file.hunk(line, "RIGHT") else None


def position_of(comment: ReviewComment, head: str, line: int | None) -> int | None:
    """How far down in its file's diff a line is."""
    file = changes(comment.thread.pull, head).get(comment.path)
    for hunk in file.hunks if file and line else ():
        for one in hunk:
            if one.number(comment.side) == line:
                return one.position
    return None
