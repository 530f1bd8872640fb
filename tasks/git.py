"""Ask git: revisions, differences, contents; it never runs what a repository brings along."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from tasks.core.diff import RawEntry, parse_raw
from tasks.errors import CannotReview
from tasks.git_safety import Bounds, Said, ask, environment, last_words

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

SMALL = 1_000_000
"""Bytes of the largest file that is read as settings."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository; nothing is written to it, and no program of its settings is run.

    ``store`` is a repository of our own that sees the same objects, for all that needs no more.
    """

    git_dir: str
    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)
    store: Repository | None = None

    @property
    def own(self) -> Repository:
        """Return where to ask about objects, and to write some: in our place, where there is one.

        It has no settings, attributes, hooks or promises of theirs: what is missing is missing.
        """
        return self.store or self

    def with_scratch(self, scratch: str) -> Repository:
        """Return this repository with a place for objects of our own."""
        place = Path(scratch, "git")
        if not place.exists():
            kind = f"--object-format={self.line('rev-parse', '--show-object-format') or 'sha1'}"
            begin = Repository("", scratch)
            begin.run("init", "--quiet", "--bare", "--template=", kind, str(place))
        theirs = os.fsdecode(self.run("rev-parse", "--git-path", "objects")).removesuffix("\n")
        known = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
        found = _quoted(str(Path(self.folder, theirs).resolve()))
        seen = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{found}:{known}" if known else found}
        return replace(self, store=Repository(str(place), scratch, seen, self.bounds))

    def run(
        self,
        *arguments: str,
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
    ) -> bytes:
        """Return what git says.

        Raises:
            CannotReview: git says that it cannot.
        """
        return self._said(arguments, given, environment or {}, ok).answer

    def lines(self, *arguments: str) -> Iterator[bytes]:
        """Yield the lines of a long answer, without holding it in memory.

        Raises:
            CannotReview: git says that it cannot.
        """
        with tempfile.TemporaryFile() as answer:
            self._said(arguments, into=answer)
            answer.seek(0)
            yield from answer

    def _said(
        self,
        arguments: Sequence[str],
        given: bytes = b"",
        more: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
        into: IO[bytes] | None = None,
    ) -> Said:
        """Return what git says.

        Raises:
            CannotReview: it says that it cannot, has no end, or cannot be asked this at all.
        """
        env = environment({**self.environment, **(more or {})}, self.git_dir)
        try:
            said = ask(
                arguments, cwd=self.folder, env=env, given=given, into=into, bounds=self.bounds
            )
        except FileNotFoundError:
            why = "git is not installed, or the folder is gone; look, and try again"
        except (OSError, ValueError) as error:  # too long, or a NUL in it
            why = str(error)
        else:
            if not said.stopped and said.code in ok:
                return said
            why = said.stopped or last_words(said.errors)
        raise CannotReview(f"git {arguments[0]}: {why}")

    def line(self, *arguments: str) -> str:
        """Return git's one line of answer, or nothing where it has none."""
        return self.run(*arguments, ok=range(256)).decode("utf-8", "replace").strip()

    def resolve(self, revision: str) -> str:
        """Return the id of the commit, or tree, that a revision names.

        Raises:
            CannotReview: there is no such revision.
        """
        if revision == EMPTY_TREE:
            return self.empty_tree
        for kind in ("commit", "tree"):
            found = self.line(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{kind}}}"
            )
            if found:
                return found
        if revision == "HEAD":
            hint = "it has no commit yet: make one"
        elif self.is_shallow:
            hint = "this clone is shallow: fetch more with `git fetch --unshallow`"
        else:
            hint = "`git log --all --oneline` lists what there is"
        raise CannotReview(f"unknown revision {revision!r} in {self.folder}; {hint}")

    @property
    def empty_tree(self) -> str:
        """Return the id of the tree without files, which depends on the repository's hash."""
        return self.line("hash-object", "-t", "tree", "--stdin")

    def tree(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return self.line("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")

    def merge_base(self, one: str, other: str) -> str:
        """Return the newest commit both come from, or nothing."""
        return self.line("merge-base", one, other).split("\n")[0]

    @property
    def is_shallow(self) -> bool:
        """Return whether its history is cut off somewhere."""
        return self.line("rev-parse", "--is-shallow-repository") == "true"

    def has_parent(self, commit: str) -> bool:
        """Return whether a commit has one before it that is here."""
        return bool(self.line("rev-parse", "--verify", "--quiet", f"{commit}^1"))

    def differing(self, base: str, head: str) -> tuple[RawEntry, ...]:
        """Return the files in which two trees differ, renames found where that can be.

        Whether a submodule is left out is not for ``.gitmodules`` to say.
        """
        options = ("-r", "-z", "--raw", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=none")
        try:
            said = self.run("diff-tree", *options, "-M", "-l1000", base, head)
        except CannotReview as error:
            if "memory" in str(error):
                why = "its trees name more files than can be reviewed"
                raise CannotReview(f"{self.folder}: {why} ({error})") from None
            # a partial clone: the contents that would be compared are not here
            said = self.run("diff-tree", *options, "--no-renames", base, head)
        return tuple(parse_raw(said))

    def text(self, commit: str, path: str) -> str | None:
        """Return a small text file of a commit, or None where there is none."""
        git = self.own
        entry = git.run("ls-tree", "-z", "--full-tree", commit, "--", path).split(b"\0")[0]
        if not entry.startswith((b"100644 blob ", b"100755 blob ")):
            return None
        blob = entry.split(b"\t", 1)[0].split()[2].decode("ascii")
        size = git.line("cat-file", "-s", blob)
        if not size or int(size) > SMALL:
            return None
        return git.run("cat-file", "blob", blob).decode("utf-8", "replace")


def open_repository(path: str) -> Repository:
    """Return the repository a folder is in.

    Raises:
        CannotReview: there is no such folder, it is in no repository, or there is no git.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise CannotReview(f"{path} is not a folder; name a git repository with --repo")
    probe = Repository("", str(folder.resolve()))
    try:
        git_dir = os.fsdecode(probe.run("rev-parse", "--absolute-git-dir")).removesuffix("\n")
    except CannotReview as error:
        raise CannotReview(_why_no_repository(path, str(error))) from None
    top = os.fsdecode(probe.run("rev-parse", "--show-toplevel", ok=range(256))).removesuffix("\n")
    return Repository(git_dir, top or probe.folder)


def _why_no_repository(path: str, said: str) -> str:
    """Return why a folder cannot be reviewed, and what to do, in our words where we have them."""
    if "dubious ownership" in said:
        return (
            f"{path} belongs to somebody else; if you trust it: "
            f"git config --global --add safe.directory {Path(path).expanduser().resolve()}"
        )
    if "not a git repository" in said:
        return f"{path} is not in a git repository; name one with --repo, or `git init` it"
    return f"{path}: {said}"


def _quoted(path: str) -> str:
    """Return a path as git's list of alternates wants it."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
