"""Where the mirror of a repository is, and who may write to it just now.

One lock a mirror, held by whoever writes, and by the git that was started to write: it is free
when both have ended, however they did. Who only reads needs none.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.core.forge.address import Address
from tasks.core.forge.fetching import KEPT
from tasks.errors import CannotReview
from tasks.forge.errors import Unreachable
from tasks.git import Repository

TICK = 0.1
"""Seconds between two looks at whether a lock is free."""

LEFT_BEHIND = (
    *("*.lock", "gc.pid", "refs/**/*.lock", "objects/info/**/*.lock"),
    *("objects/tmp_*", "objects/??/tmp_*", "objects/pack/tmp_*", "objects/pack/.tmp-*"),
    "objects/pack/*.keep",  # would keep a pack for ever
)
"""What a git that was killed leaves, and the next one stumbles over or never removes."""


class Busy(Unreachable):
    """Somebody else holds the mirror."""

    happened = "another review is still fetching from it"
    advice = "try again when that one is done"


@dataclass(frozen=True, slots=True)
class Mirror:
    """A bare repository of ours: ``HOST/OWNER/NAME.git`` in the folder of all of them.

    Its lock is beside it, and stays when it goes: else two could hold it.
    """

    folder: Path

    @classmethod
    def of(cls, folder: Path, address: Address, repository: str) -> Mirror:
        """Return where a repository's mirror is; GitHub's names have no case."""
        host = address.web.partition("://")[2].replace(":", "_")
        return cls(folder.absolute() / host / f"{repository.lower()}.git")

    @property
    def name(self) -> str:
        """Return ``owner/name``."""
        return f"{self.folder.parent.name}/{self.folder.stem}"

    @property
    def git(self) -> Repository:
        """Return the repository, to ask it."""
        return Repository(str(self.folder), str(self.folder))

    @property
    def used(self) -> Path:
        """Return the folder with a file for each commit, as old as its last use."""
        return self.folder / "used"

    def has(self, commit: str) -> bool:
        """Return whether a commit is here with its whole history."""
        question = ("rev-parse", "--verify", "--quiet", f"{KEPT}{commit}^{{commit}}")
        return self.git.line(*question) == commit

    def use(self, commit: str) -> None:
        """Say that a commit is used: it stays for days to come."""
        with _writing_to(self.folder):
            self.used.mkdir(exist_ok=True)
            (self.used / commit).touch()

    def keep(self, commit: str) -> None:
        """Keep a commit whose whole history is here."""
        self.use(commit)
        self.git.run("update-ref", f"{KEPT}{commit}", commit)

    @contextlib.contextmanager
    def held(self, seconds: float) -> Iterator[int]:
        """Hold the mirror, which is there and in order then; yield the lock's open file.

        Raises:
            Busy: somebody else still holds it after so many seconds.
            CannotReview: its folder cannot be written to, or there is no git.
        """
        with _writing_to(self.folder):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            hold = os.open(self.folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait(hold, time.monotonic() + seconds)
            self._make()
            self.sweep()
            yield hold
        finally:
            os.close(hold)

    def _wait(self, hold: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy(f"waiting for the mirror of {self.name}") from None
                time.sleep(TICK)
            else:
                return

    def _make(self) -> None:
        """Make the mirror where there is none: all of it, or nothing."""
        if self.folder.exists():
            return
        new = self.folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        begin = Repository("", str(new.parent))
        begin.run("init", "--quiet", "--bare", "--template=", "--object-format=sha1", str(new))
        with _writing_to(self.folder):
            with (new / "config").open("a", encoding="utf-8") as config:
                config.write("[core]\n\tlogAllRefUpdates = false\n[gc]\n\tauto = 0\n")
            new.rename(self.folder)

    def sweep(self) -> None:
        """Remove what a git left that was killed: we hold the lock, so none is at work."""
        with _writing_to(self.folder):
            for pattern in LEFT_BEHIND:
                for path in self.folder.glob(pattern):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            for pack in self.folder.glob("objects/pack/pack-*.pack"):
                if not pack.with_suffix(".idx").exists():
                    pack.unlink()

    def renew(self) -> None:
        """Begin again with an empty mirror, under its lock."""
        self.remove()
        self._make()

    def remove(self) -> None:
        """Remove the mirror, under its lock: at once for everybody, then from the disk."""
        gone = self.folder.with_suffix(f".gone-{uuid.uuid4().hex}")
        with _writing_to(self.folder):
            self.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


@contextlib.contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """Say what to do where the disk does not let us."""
    try:
        yield
    except OSError as error:
        raise CannotReview(
            f"cannot write to {folder}: {error.strerror}; make room, or set REVIEW_HOME"
        ) from error
