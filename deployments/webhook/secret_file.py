"""The secrets that GitHub signs with: in a file of the data folder, or in the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tasks.core.render.escape import name
from tasks.errors import CannotReview
from tasks.home import home

VARIABLE = "REVIEW_WEBHOOK_SECRET"
SHORTEST = 16
"""Characters: what is shorter can be guessed by trying, and each try looks like a delivery."""

LONGEST = 1000
MOST = 2
"""Secrets at once: the one that GitHub has now, and the one it is about to have."""


@dataclass
class SecretFile:
    """Where they are kept, the newest first, a line each."""

    path: Path
    _seen: tuple[int, int] = field(default=(0, 0), init=False)
    _known: tuple[bytes, ...] = field(default=(), init=False)

    @classmethod
    def of_home(cls) -> SecretFile:
        """Return that of the data folder."""
        return cls(home() / "webhook" / "secrets")

    def known(self) -> tuple[bytes, ...]:
        """Return what counts now: the environment's, else the file's as it is at the moment."""
        said = os.environ.get(VARIABLE, "").split()
        if said:
            return tuple(one.encode("utf-8", "surrogateescape") for one in said[:MOST])
        try:
            found = self.path.stat()
            if self._seen != (found.st_mtime_ns, found.st_ino):
                self._known = self._read()
                self._seen = found.st_mtime_ns, found.st_ino
        except FileNotFoundError:
            return ()
        return self._known

    def add(self, secret: bytes) -> bool:
        """Keep a secret as the newest; return whether one before it goes on counting."""
        before = self._kept()
        if secret in before[:1]:
            return len(before) > 1
        self._write((secret, *before)[:MOST])
        return bool(before)

    def forget_old(self) -> bool:
        """Keep only the newest; return whether there was another."""
        before = self._kept()
        if len(before) > 1:
            self._write(before[:1])
        return len(before) > 1

    def _kept(self) -> tuple[bytes, ...]:
        try:
            return self._read()
        except FileNotFoundError:
            return ()

    def _read(self) -> tuple[bytes, ...]:
        return tuple(line for line in self.path.read_bytes().split(b"\n") if line)[:MOST]

    def _write(self, known: tuple[bytes, ...]) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self.path.with_suffix(f".{os.getpid()}")
            part.unlink(missing_ok=True)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "wb") as written:
                written.write(b"".join(one + b"\n" for one in known))
            part.replace(self.path)
        except OSError as error:
            raise CannotReview(f"{self.path} cannot be written: {error.strerror}") from error


def made() -> bytes:
    """Return a new secret, of 256 bits."""
    return secrets.token_urlsafe(32).encode()


def given(text: str) -> bytes:
    """Return the secret that somebody brought along.

    Raises:
        CannotReview: it is not fit to be one; the text has no secret in it.
    """
    secret = text.strip()
    if "\n" in secret or name(secret, LONGEST + 1) != secret:
        raise CannotReview("a secret is one line of visible characters")
    if not SHORTEST <= len(secret) <= LONGEST:
        raise CannotReview(
            f"a secret has {SHORTEST} to {LONGEST} characters; this one has {len(secret)}"
        )
    return secret.encode()
