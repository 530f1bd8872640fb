"""Let git talk to one repository of GitHub; the token is in memory, and only git can read it."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tasks.core.forge.fetching import Failure, Kind, configuration, failure_of
from tasks.forge.certificates import certificates
from tasks.git_safety import ENVIRONMENT, SAFE, absolute_only

STALLED = 120
"""Seconds without a byte after which a connection is dead."""

SAID = 64 * 1024
"""Bytes of git's last words that are read."""

LIMITED = 'trap "" XFSZ; ulimit -c 0; ulimit -f "$1"; shift; exec "$@"'
"""Sets blocks of 512 bytes a file, and becomes git, which then reports what does not fit."""

PASSED_ON = frozenset(
    {"TMPDIR", "SSL_CERT_DIR"}
    | {f"{kind}_proxy" for kind in ("http", "https", "all", "no")}
    | {f"{kind}_PROXY" for kind in ("HTTPS", "ALL", "NO")}
)
"""What of our environment says how to get out. A token of ours may be in the rest."""


@dataclass(frozen=True, slots=True)
class FetchBounds:
    """What a fetch may cost: seconds in all, bytes of one pack, attempts when nobody answers."""

    seconds: float = 900
    max_bytes: int = 10 * 1024**3
    attempts: int = 3


class FetchFailedError(Exception):
    """Git could not; ``failure`` is why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.said)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Remote:
    """One repository on GitHub. ``token`` gives a fresh one, or nothing for who has none."""

    url: str
    token: Callable[[], str] = field(repr=False)

    def fetch(
        self, git_dir: Path, refspecs: Sequence[str], *, hold: int, bounds: FetchBounds
    ) -> None:
        """Fetch into a repository; ``hold`` is the open file of the lock it is done under.

        Raises:
            FetchFailedError: it cannot be done, or not in the time there is.
        """
        command = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self.url]
        until = time.monotonic() + bounds.seconds
        for attempt in itertools.count(1):
            text = configuration(self.url, authorization(self.token()), STALLED)
            left = replace(bounds, seconds=max(until - time.monotonic(), 0.1))
            try:
                run(git_dir, [*command, *refspecs], settings=text, hold=hold, bounds=left)
            except FetchFailedError as error:
                pause = 2.0 ** (attempt - 1)
                again = attempt < bounds.attempts and time.monotonic() + pause < until
                if error.failure.kind is not Kind.UNREACHABLE or not again:
                    raise
                time.sleep(pause)
            else:
                return


def authorization(token: str) -> str:
    """Return what says who we are: GitHub takes any token as a password.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
    """
    return f"Basic {base64.b64encode(f'x-access-token:{token}'.encode()).decode()}" if token else ""


def run(
    git_dir: Path, arguments: Sequence[str], *, settings: str, hold: int, bounds: FetchBounds
) -> None:
    """Run git with these settings and no others; when it ends, so has all it started.

    Git holds the lock too: should we be killed, nobody touches the repository before it ends.

    Raises:
        FetchFailedError: git says that it cannot, or had not ended in time.
    """
    blocks = str(bounds.max_bytes // 512)
    command = ["/bin/sh", "-c", LIMITED, "sh", blocks, "git", *SAFE, *arguments]
    with tempfile.TemporaryFile() as errors, _in_memory(settings) as (path, files):
        with subprocess.Popen(
            command,
            cwd=git_dir,
            env=_environment(git_dir, path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=[*files, hold],
            start_new_session=True,
        ) as git:
            try:
                code = git.wait(bounds.seconds)
            except subprocess.TimeoutExpired:
                said = f"it had not ended after {bounds.seconds:.0f} s"
                raise FetchFailedError(Failure(Kind.UNREACHABLE, said)) from None
            finally:
                if git.returncode is None:  # not reaped: the group is still its own
                    os.killpg(git.pid, signal.SIGKILL)
        if code:
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - SAID))
            raise FetchFailedError(failure_of(errors.read().decode("utf-8", "replace")))


def _environment(git_dir: Path, settings: str) -> dict[str, str]:
    """Return git's environment: nobody's settings, and nobody it could ask for a password."""
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    trusted = certificates("GIT_SSL_CAINFO")
    return {
        **known,
        **ENVIRONMENT,
        **({"GIT_SSL_CAINFO": trusted} if trusted else {}),
        "PATH": absolute_only(os.environ.get("PATH", os.defpath)),
        "HOME": os.devnull,  # a .netrc would be read
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": settings,
    }


@contextlib.contextmanager
def _in_memory(settings: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a path that git reads settings from, and the files that have to stay open for it.

    Where the system has no files in memory, it is one that nobody else may read, and that is
    gone when git is.
    """
    if hasattr(os, "memfd_create"):
        handle, path = os.memfd_create("settings"), ""
    else:  # pragma: no cover - not on Linux
        handle, path = tempfile.mkstemp()
    try:
        os.write(handle, settings.encode())
        yield path or f"/proc/self/fd/{handle}", () if path else (handle,)
    finally:
        os.close(handle)
        if path:  # pragma: no cover
            Path(path).unlink()
