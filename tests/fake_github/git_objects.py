"""Objects of git, as GraphQL names them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fake_github.git_state import commit_of, git, merge_base
from tests.fake_github.state import Pull, Repo

SHOWN = 250
"""Commits of a pull request: https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request"""


@dataclass(frozen=True)
class Commit:
    """A commit of a repository."""

    repo: Repo
    oid: str


def commit(repo: Repo, name: str) -> Commit | None:
    """Return the commit that an id or expression stands for, or None."""
    oid = commit_of(repo.folder, name)
    return Commit(repo, oid) if oid else None


def commits_of(pull: Pull) -> list[Commit]:
    """Return a pull request's commits, the oldest first."""
    folder = pull.repo.folder
    base = merge_base(folder, pull.base_sha, pull.head_sha) or pull.base_sha
    ids = git(folder, "rev-list", "--reverse", f"{base}..{pull.head_sha}").split()
    return [Commit(pull.repo, oid) for oid in ids[-SHOWN:]]
