"""Call git so that it runs nothing, and obeys nothing, that a repository brings along."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

SAFE = (
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.splitIndex=false"),  # would write a shared index beside theirs
    *("-c", "core.bigFileThreshold=512m"),  # theirs could make every file a big one: no diff
    *("-c", "submodule.recurse=false"),
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

THE_PERSONS_OWN = frozenset(
    {
        *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
        *("GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"),
        *("HOME", "LOGNAME", "PATH", "SUDO_UID", "TMPDIR", "USER", "XDG_CONFIG_HOME"),
    }
)
"""What says who somebody is and what they trust. Everything else stays with us: a variable that
redirects git to another repository, or one that holds a token."""


def environment(more: Mapping[str, str], git_dir: str) -> dict[str, str]:
    """Return git's environment: the person's own, less what would redirect it or is a secret."""
    ours = {name: value for name, value in os.environ.items() if name in THE_PERSONS_OWN}
    ours["PATH"] = absolute_only(ours.get("PATH", os.defpath))
    return {**ours, **ENVIRONMENT, **({"GIT_DIR": git_dir} if git_dir else {}), **more}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer of git may cost.

    Seconds (5,000 files take one or two); bytes it may allocate, as a few small trees can name
    billions of files; bytes of an answer that are read: the list of about a million files.
    """

    seconds: float = 300
    heap: int = 512 * 1024**2
    answer: int = 128 * 1024**2


@dataclass(frozen=True, slots=True)
class Said:
    """What git said; ``stopped`` is why we ended it, or nothing."""

    code: int
    answer: bytes
    errors: bytes
    stopped: str = ""


def ask(
    arguments: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    given: bytes = b"",
    into: IO[bytes] | None = None,
    bounds: Bounds,
) -> Said:
    """Run git to its end and return what it said, or write its answer to a file.

    Raises:
        OSError: there is no git or no such folder, or the question is too long.
        ValueError: there is a NUL in it.
    """
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as errors:
        question.write(given)
        question.seek(0)
        answer = b""
        with subprocess.Popen(
            ["git", *SAFE, *arguments],
            cwd=cwd,
            env=env,
            stdin=question,
            stdout=into or subprocess.PIPE,
            stderr=errors,
        ) as git:
            clock = threading.Timer(bounds.seconds, git.kill)
            clock.start()
            try:
                resource.prlimit(git.pid, resource.RLIMIT_DATA, (bounds.heap, bounds.heap))
                if git.stdout is not None:
                    answer = git.stdout.read(bounds.answer + 1)
                    if len(answer) > bounds.answer:
                        git.kill()
                code = git.wait()
            finally:
                clock.cancel()
        errors.seek(0)
        stopped = f"it gave no answer in {bounds.seconds:g} s" if code == -signal.SIGKILL else ""
        if len(answer) > bounds.answer:
            stopped = f"it said more than {bounds.answer // 1024**2} MiB"
        return Said(code, answer, errors.read(), stopped)


def absolute_only(path: str) -> str:
    """Return a PATH without what is relative: a repository may hold a program called git."""
    return os.pathsep.join(part for part in path.split(os.pathsep) if part.startswith("/"))


def last_words(errors: bytes) -> str:
    """Return git's own reason: what its last ``fatal:`` says, else its last line."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    return (fatal or lines or ["it failed without a word"])[-1]
