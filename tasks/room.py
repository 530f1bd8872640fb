"""A room for an author's code: a copy of one side's tree, and a folder for its answers."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.copies import materialise
from tasks.core.change import ChangeSet
from tasks.core.policy import TestsPolicy
from tasks.core.report import Use
from tasks.errors import ReviewError
from tasks.interpreter import Interpreter
from tasks.process import Ended, Limits, bare_environment, run
from tasks.sandbox import TREE, Allowance, hand_over, sandboxed

RESULT = "/result"
SETTINGS = "/settings"

PATIENCE = 60
"""Seconds the removal of what the author's code has left may take."""


class NoAnswerError(ReviewError):
    """The author's code left no answer, or one that is not to be touched."""


@dataclass(frozen=True, slots=True)
class Room:
    """One tree, ready for commands to be run in it.

    ``files`` are the paths of the tree as it was made, before anything ran. What is
    in ``settings`` can be read by what runs, and not changed.
    """

    folder: Path
    interpreter: Interpreter
    tests: TestsPolicy
    files: frozenset[str] = frozenset()
    left_out: int = 0
    used: list[Ended] = field(default_factory=list)

    @property
    def is_shut(self) -> bool:
        """Return whether commands run in the sandbox."""
        return self.tests.sandbox == "bubblewrap"

    @property
    def tree(self) -> str:
        """Return where commands see the tree."""
        return TREE if self.is_shut else str(self.folder / "tree")

    @property
    def result(self) -> str:
        """Return where commands leave their answers."""
        return RESULT if self.is_shut else str(self.folder / "result")

    @property
    def settings(self) -> str:
        """Return where commands see what ``set_up`` wrote."""
        return SETTINGS if self.is_shut else str(self.folder / "settings")

    def set_up(self, name: str, text: str) -> str:
        """Write a settings file; return where commands see it."""
        (self.folder / "settings" / name).write_text(text, encoding="utf-8")
        return f"{self.settings}/{name}"

    def python(
        self, arguments: Sequence[str], *, seconds: float, stop: threading.Event | None = None
    ) -> Ended:
        """Run the project's interpreter with these arguments, in the tree."""
        limit = min(seconds, self.tests.timeout_seconds)
        command = [self.interpreter.program, *arguments]
        if self.is_shut:
            command = sandboxed(
                command,
                tree=self.folder / "tree",
                writable={RESULT: self.folder / "result"},
                readable={SETTINGS: self.folder / "settings"},
                venv=self.interpreter,
                env=self._environment("/tmp"),  # noqa: S108 - inside
                limits=Allowance(
                    memory_bytes=self.tests.memory_bytes,
                    processes=self.tests.processes,
                    file_bytes=self.tests.file_bytes,
                    cpu_seconds=max(1, int(limit * (os.cpu_count() or 1))),
                ),
            )
            # bubblewrap's own environment can be read inside: /proc/1/environ.
            cwd, env = str(self.folder), bare_environment("/tmp")  # noqa: S108 - inside
        else:
            cwd, env = str(self.folder / "tree"), self._environment(str(self.folder / "home"))
        limits = Limits(memory_bytes=self.tests.memory_bytes, file_bytes=self.tests.file_bytes)
        ended = run(command, cwd=cwd, env=env, seconds=limit, limits=limits, stop=stop)
        self.used.append(ended)
        return ended

    def answer(self, name: str, most: int) -> bytes:
        """Return what was left in the result folder, at most so many bytes.

        Raises:
            NoAnswerError: there is nothing, it is no regular file, or it is larger.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            handle = os.open(self.folder / "result" / name, flags)
        except FileNotFoundError:
            raise NoAnswerError(f"it left no {name}") from None
        except OSError as error:
            raise NoAnswerError(f"its {name} cannot be opened ({error.strerror})") from None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise NoAnswerError(f"its {name} is no regular file")
        with os.fdopen(handle, "rb") as file:
            if status.st_size > most:
                raise NoAnswerError(f"its {name} is larger than {most // 1024 // 1024} MB")
            return file.read(most)

    def use(self, tool: str) -> Use:
        """Return what the commands have cost together."""
        return Use(
            tool=tool,
            seconds=sum(ended.seconds for ended in self.used),
            cpu_seconds=sum(ended.cpu_seconds for ended in self.used),
            peak_bytes=max((ended.peak_bytes for ended in self.used), default=0),
            calls=len(self.used),
        )

    def _environment(self, home: str) -> dict[str, str]:
        """Return the environment of the author's code: where the tree is, and nothing of ours."""
        sources = [f"{self.tree}/src"] if any(f.startswith("src/") for f in self.files) else []
        programs = Path(self.interpreter.program).parent
        return {
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "HOME": home,
            "TMPDIR": home,
            "USER": "reviewer",
            "LOGNAME": "reviewer",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            # Before what is installed: an editable install leads to the working copy.
            "PYTHONPATH": ":".join([*sources, self.tree]),
        }


@contextlib.contextmanager
def opened(
    change: ChangeSet, side: str, interpreter: Interpreter, tests: TestsPolicy
) -> Iterator[Room]:
    """Make a room for one side of a change, and remove it with all that was left in it."""
    folder = Path(tempfile.mkdtemp(dir=change.scratch, prefix=f"room-{side}-"))
    try:
        for name in ("tree", "result", "settings", "home"):
            (folder / name).mkdir()
        left_out = materialise(change, side, folder / "tree")
        files = frozenset(
            os.path.relpath(os.path.join(where, name), folder / "tree")  # noqa: PTH118 - speed
            for where, _, names in os.walk(folder / "tree")
            for name in names
        )
        if tests.sandbox == "bubblewrap":
            hand_over(folder / "tree", folder / "result")
        yield Room(folder, interpreter, tests, files, len(left_out))
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder that hostile code had: deeper than Python can walk, closed to its owner."""
    env = bare_environment(str(folder.parent))
    for command in (["chmod", "-R", "u+rwX", "--"], ["rm", "-rf", "--"]):
        run([*command, str(folder)], cwd=str(folder.parent), env=env, seconds=PATIENCE)
