"""What a command line asks to review: which repository, from where to where."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import CannotReview
from tasks.git import Repository, open_repository

WORKTREE = "WORKTREE"
SHORT = 7
"""So many digits of a commit are shown."""

USUAL_NAMES = ("origin/main", "origin/master", "main", "master", "trunk")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be reviewed: ids, and what the change is called."""

    repository: Repository
    base: str
    head: str
    name: str


def ask(said: argparse.Namespace) -> Question:
    """Return what the command line asks to review.

    Raises:
        CannotReview: there is no such repository or revision, or no place for the report.
    """
    repository = open_repository(said.repo)
    uncommitted = said.head == WORKTREE
    if uncommitted and not repository.line("rev-parse", "--verify", "--quiet", "HEAD"):
        head = repository.empty_tree  # nothing was committed yet
    else:
        head = repository.resolve("HEAD" if uncommitted else said.head)
    base = repository.resolve(said.base) if said.base else default_base(repository, head)
    if said.output:
        must_be_writable(Path(said.output).absolute())
    folder = Path(repository.folder).name
    return Question(
        repository,
        base=base,
        head=WORKTREE if uncommitted else head,
        name=f"{folder}@{WORKTREE if uncommitted else head[:SHORT]}",
    )


def default_base(repository: Repository, head: str) -> str:
    """Return where a branch left the default branch; for a first commit, the empty tree.

    Raises:
        CannotReview: there is no default branch, or the clone does not reach back to it.
    """
    if head == repository.empty_tree:
        return head
    named = repository.line("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    for branch in filter(None, (named, *USUAL_NAMES)):
        tip = repository.line("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}")
        if not tip:
            continue
        found = repository.merge_base(tip, head)
        if found and (found != head or repository.has_parent(head)):
            return found
        if found and not repository.is_shallow:
            return repository.empty_tree
        if repository.is_shallow:
            raise CannotReview(
                f"this clone is too shallow to show where the change left {branch}; "
                "`git fetch --unshallow`, or name a --base"
            )
        raise CannotReview(f"the change has no commit in common with {branch}; name a --base")
    raise CannotReview(
        f"no default branch found in {repository.folder} "
        f"({', '.join(USUAL_NAMES)}); name what to compare with: --base REV"
    )


def must_be_writable(report: Path, option: str = "--output") -> None:
    """Refuse a place for the report before the review, not after it.

    Raises:
        CannotReview: nothing can be written there.
    """
    if not report.parent.is_dir():
        raise CannotReview(f"{option} {report}: its folder does not exist; create it first")
    if report.is_dir():
        raise CannotReview(f"{option} {report} is a folder; name a file in it")
    if not os.access(report if report.exists() else report.parent, os.W_OK):
        raise CannotReview(f"{option} {report} cannot be written; name another place")
