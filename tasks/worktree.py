"""Uncommitted changes as a tree: ``--head WORKTREE``, without writing to the repository."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tasks.core.change import SUBMODULE
from tasks.core.diff import RawEntry, parse_raw
from tasks.errors import CannotReview
from tasks.git import Repository

WORKTREE = "WORKTREE"


def head_of(repository: Repository, revision: str) -> str:
    """Return the id of a revision, or of the tree of the uncommitted work.

    Raises:
        CannotReview: there is no such revision, or no work tree.
    """
    if revision == WORKTREE:
        return worktree_tree(repository, repository.resolve("HEAD"))
    return repository.resolve(revision)


def worktree_tree(repository: Repository, commit: str) -> str:
    """Return the id of a tree that is ``commit`` with the work tree's changes on top.

    Changed and untracked files go in, ignored ones do not. The objects are written to the
    repository's scratch place; contents are read as they lie there, through no filter.

    Raises:
        CannotReview: the repository is bare, so there is no work tree.
    """
    if not Path(repository.folder, ".git").exists():
        raise CannotReview(f"{repository.folder} is a bare repository: it has no work tree")
    theirs = {"GIT_WORK_TREE": repository.folder}
    index = {"GIT_INDEX_FILE": str(Path(repository.environment["GIT_OBJECT_DIRECTORY"], "index"))}
    repository.run("read-tree", commit, environment=index)
    raw = repository.run(
        "diff-index", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", commit,
        environment=theirs,
    )  # fmt: skip
    others = repository.run(
        "ls-files", "-z", "--others", "--exclude-standard", environment=theirs
    ).split(b"\0")
    rows = [_row(repository, entry) for entry in parse_raw(raw)]
    rows += [_added(repository, path) for path in others if path]
    repository.run("update-index", "-z", "--index-info", given=b"".join(rows), environment=index)
    return repository.run("write-tree", environment=index).decode().strip()


def _row(repository: Repository, entry: RawEntry) -> bytes:
    """Return a changed file as a row of ``update-index --index-info``."""
    if entry.mode == 0:
        return b"0 " + b"0" * 40 + b"\t" + entry.path + b"\0"
    if entry.blob and entry.mode == SUBMODULE:
        return f"160000 {entry.blob}\t".encode() + entry.path + b"\0"
    return _added(repository, entry.path)


def _added(repository: Repository, path: bytes) -> bytes:
    """Return a file of the work tree as such a row; a link goes in as a link."""
    where = os.path.join(os.fsencode(repository.folder), path)  # noqa: PTH118 - bytes
    try:
        mode = os.lstat(where).st_mode
        if stat.S_ISLNK(mode):
            kind, content = "120000", os.readlink(where)  # noqa: PTH115 - bytes
        elif stat.S_ISREG(mode):
            kind = "100755" if mode & stat.S_IXUSR else "100644"
            handle = os.open(where, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                content = file.read()
        else:  # a folder that is a repository of its own, a socket, a pipe
            return b""
    except FileNotFoundError:  # it went while we looked
        return b""
    blob = repository.run("hash-object", "-w", "--no-filters", "--stdin", given=content)
    return f"{kind} ".encode() + blob.strip() + b"\t" + path + b"\0"
