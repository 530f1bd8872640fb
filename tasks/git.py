"""Ask git: revisions, differences, contents; it never runs what a repository brings along."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.core.diff import RawEntry, parse_raw
from tasks.errors import CannotReview

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

PATIENCE = 300
"""Seconds git may take for one answer; 5,000 files take one or two."""

SMALL = 1_000_000
"""Bytes of the largest file that is read as settings."""

SAFE = (
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "diff.ignoreSubmodules=none"),
    *("-c", "protocol.allow=never"),  # a partial clone must not fetch while we read
    *("-c", "gc.auto=0"),
)

ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, and where objects of our own go; nothing is written to the former."""

    git_dir: str
    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def with_scratch(self, scratch: str) -> Repository:
        """Return this repository with a place for objects of our own."""
        objects = Path(scratch, "objects")
        objects.mkdir(parents=True, exist_ok=True)
        nothing = Path(scratch, "nothing")
        nothing.mkdir(exist_ok=True)
        theirs = self.line("rev-parse", "--git-path", "objects")
        known = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
        found = str(Path(self.folder, theirs).resolve())
        return Repository(
            self.git_dir,
            self.folder,
            {
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{found}":{known}' if known else f'"{found}"',
                "GIT_WORK_TREE": str(nothing),  # no .gitattributes of theirs is in force
            },
        )

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
        done = subprocess.run(
            ["git", *SAFE, *arguments],
            cwd=self.folder,
            env=_environment({**self.environment, **(environment or {})}, self.git_dir),
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode not in ok:
            raise CannotReview(f"git {arguments[0]}: {_last_words(done.stderr)}")
        return done.stdout

    def line(self, *arguments: str) -> str:
        """Return git's one line of answer, or nothing where it has none."""
        return self.run(*arguments, ok=range(256)).decode("utf-8", "replace").strip()

    def resolve(self, revision: str) -> str:
        """Return the id of the commit, or tree, that a revision names.

        Raises:
            CannotReview: there is no such revision.
        """
        for kind in ("commit", "tree"):
            found = self.line(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{kind}}}"
            )
            if found:
                return found
        if revision == EMPTY_TREE:
            return EMPTY_TREE
        hint = (
            "this clone is shallow: fetch more with `git fetch --unshallow`"
            if self.is_shallow
            else "`git log --all --oneline` lists what there is"
        )
        raise CannotReview(f"unknown revision {revision!r} in {self.folder}; {hint}")

    def tree(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        if commit == EMPTY_TREE:
            return commit
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
        """Return the files in which two trees differ, renames found."""
        options = ("-r", "-z", "--raw", "--no-abbrev", "--no-ext-diff", "-M", "-l1000")
        return tuple(parse_raw(self.run("diff-tree", *options, base, head)))

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """Return the size of each blob in bytes; what is not here is left out."""
        wanted = sorted(set(blobs))
        if not wanted:
            return {}
        lines = self.run("cat-file", "--batch-check", "--buffer", given="\n".join(wanted).encode())
        return {
            line.split()[0]: int(line.split()[2])
            for line in lines.decode("ascii").splitlines()
            if " blob " in line
        }

    def contents(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield each blob with its content; what is not here is left out."""
        if not blobs:
            return
        with tempfile.TemporaryFile() as asked:
            asked.write("\n".join(blobs).encode() + b"\n")
            asked.seek(0)
            with subprocess.Popen(
                ["git", *SAFE, "cat-file", "--batch", "--buffer"],
                cwd=self.folder,
                env=_environment(self.environment, self.git_dir),
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as git:
                assert git.stdout is not None  # noqa: S101 - PIPE above
                while header := git.stdout.readline():
                    if b" blob " in header:
                        blob, _, size = header.decode("ascii").split()
                        content = git.stdout.read(int(size))
                        git.stdout.read(1)
                        yield blob, content

    def text(self, commit: str, path: str) -> str | None:
        """Return a small text file of a commit, or None where there is none."""
        entry = self.run("ls-tree", "-z", commit, "--", path).split(b"\0")[0]
        if not entry.startswith((b"100644 blob ", b"100755 blob ")):
            return None
        blob = entry.split(b"\t", 1)[0].split()[2].decode("ascii")
        if self.sizes([blob]).get(blob, 1 << 30) > SMALL:
            return None
        return self.run("cat-file", "blob", blob).decode("utf-8", "replace")


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
        git_dir = probe.run("rev-parse", "--absolute-git-dir").decode().strip()
    except FileNotFoundError:
        raise CannotReview("git is not installed; install it and try again") from None
    except CannotReview as error:
        if "dubious ownership" in str(error):
            raise CannotReview(
                f"{path} belongs to somebody else; if you trust it: "
                f"git config --global --add safe.directory {folder.resolve()}"
            ) from None
        raise CannotReview(
            f"{path} is not in a git repository; name one with --repo, or `git init` it"
        ) from None
    top = probe.line("rev-parse", "--show-toplevel") or str(folder.resolve())
    return Repository(git_dir, top)


def _environment(more: Mapping[str, str], git_dir: str) -> dict[str, str]:
    """Return git's environment: the person's own, less what would redirect it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**ours, **ENVIRONMENT, **({"GIT_DIR": git_dir} if git_dir else {}), **more}


def _last_words(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else "it failed without a word"
