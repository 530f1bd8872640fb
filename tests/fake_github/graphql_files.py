"""What GraphQL answers of files: an entry of a tree, and its blob."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fake_github.git_objects import Commit
from tests.fake_github.git_state import git
from tests.fake_github.graphql_question import Fields, Question
from tests.fake_github.state import Repo

WHOLE = 512 * 1024
"""Bytes of a text that GitHub gives whole."""


@dataclass(frozen=True)
class Entry:
    """A name in a tree."""

    repo: Repo
    mode: int
    kind: str
    oid: str


@dataclass(frozen=True)
class Blob:
    """The content of a file."""

    repo: Repo
    oid: str

    @property
    def text(self) -> str:
        return git(self.repo.folder, "cat-file", "blob", self.oid) + "\n"


def _file(commit: Commit, question: Question) -> Entry | None:
    said = git(commit.repo.folder, "ls-tree", "--full-tree", commit.oid, "--", question["path"])
    if not said:
        return None
    mode, kind, oid = said.split("\t", 1)[0].split()
    return Entry(commit.repo, int(mode, 8), kind, oid)


FIELDS: Fields = {
    "TreeEntry": {
        "mode": lambda entry, _: entry.mode,
        "type": lambda entry, _: entry.kind,
        "object": lambda entry, _: Blob(entry.repo, entry.oid) if entry.kind == "blob" else None,
    },
    "Blob": {
        "oid": lambda blob, _: blob.oid,
        "isBinary": lambda blob, _: "\0" in blob.text,
        "isTruncated": lambda blob, _: len(blob.text) > WHOLE,
        "text": lambda blob, _: None if "\0" in blob.text else blob.text[:WHOLE],
    },
}
COMMIT_FILE = {"file": _file}
"""What a commit has of it."""
