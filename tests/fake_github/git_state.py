"""What the fake GitHub asks git: branches, merge bases, merges. Of commits, it asks once."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

WHO = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.com")
QUIET = ("-c", "safe.directory=*", "-c", "gc.auto=0", "-c", "protocol.file.allow=always")


class GitFailedError(Exception):
    """Git said no."""


def git(folder: Path, *arguments: str) -> str:
    """Run git in a repository and return what it says."""
    done = subprocess.run(
        ["git", "-C", str(folder), *QUIET, *arguments], capture_output=True, check=False
    )
    if done.returncode:
        raise GitFailedError(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def commit_of(folder: Path, name: str) -> str | None:
    """The commit that a name stands for, or None."""
    try:
        return git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
    except GitFailedError:
        return None


def tip(folder: Path, branch: str) -> str | None:
    """The newest commit of a branch, or None."""
    return commit_of(folder, f"refs/heads/{branch}")


@lru_cache(maxsize=256)
def merge_base(folder: Path, one: str, other: str) -> str | None:
    """The commit that two have in common, or None."""
    try:
        return git(folder, "merge-base", one, other)
    except GitFailedError:
        return None


@lru_cache(maxsize=256)
def count(folder: Path, base: str, head: str) -> int:
    """How many commits a pull request has."""
    return int(git(folder, "rev-list", "--count", f"{base}..{head}"))


def publish(folder: Path, number: int, head: str, head_folder: Path) -> None:
    """Let `refs/pull/N/head` be a commit, also one of a fork."""
    name = f"refs/pull/{number}/head"
    if head_folder != folder:
        git(
            folder, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(head_folder), head
        )
    git(folder, "update-ref", name, head)


def merge(folder: Path, branch: str, head: str, message: str) -> str:
    """Merge a commit into a branch, as the button does; return the merge commit."""
    onto = git(folder, "rev-parse", f"refs/heads/{branch}")
    tree = git(folder, "merge-tree", "--write-tree", onto, head).splitlines()[0]
    made = git(folder, *WHO, "commit-tree", tree, "-p", onto, "-p", head, "-m", message)
    git(folder, "update-ref", f"refs/heads/{branch}", made)
    bare = git(folder, "rev-parse", "--is-bare-repository") == "true"
    if not bare and git(folder, "rev-parse", "--symbolic-full-name", "HEAD").endswith(f"/{branch}"):
        git(folder, "reset", "--quiet", "--hard")  # its work tree would undo the merge
    return made
