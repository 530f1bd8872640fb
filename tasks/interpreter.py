"""A Python interpreter of a project, and what must be seen of the machine for it to run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import ReviewError

SHOWN = ("/usr", "/bin", "/lib", "/lib64", "/sbin")
"""What every sandbox shows."""

PLACES = (".venv", "venv")
"""Where a project's own environment is looked for in the reviewed checkout."""

CHAIN = 16
"""How many links may lie between a name and a program."""


class NoInterpreterError(ReviewError):
    """There is no interpreter to run the project with; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program, the folders it needs, and the links on the way to it: path and target."""

    program: str
    folders: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def project_interpreter(configured: str, repository: str) -> Interpreter:
    """Return the interpreter of a project's environment: the configured one, or its own.

    Raises:
        NoInterpreterError: there is none, or it lies where it cannot be shown alone.
    """
    if configured:
        return described(Path(configured).expanduser())
    for place in PLACES:
        program = Path(repository, place, "bin", "python")
        if repository and program.exists():
            return described(program)
    raise NoInterpreterError(
        "the project's environment was not found: make a .venv with its test dependencies, "
        "pytest and coverage in the checkout, or name its interpreter as tests.python in the "
        "operator's policy"
    )


def described(program: Path) -> Interpreter:
    """Return what there is to know about the interpreter at this path.

    Raises:
        NoInterpreterError: it is none, or showing it would show more than it.
    """
    if not program.is_absolute() or not os.access(program, os.X_OK) or program.is_dir():
        raise NoInterpreterError(
            f"{program} cannot be started: tests.python is the absolute path of an interpreter"
        )
    folders: list[str] = []
    links: list[tuple[str, str]] = []
    for path in _way(program):
        prefix = path.parent.parent
        if _is_shown(path, folders):
            continue
        if _is_prefix(prefix):
            folders.append(_showable(prefix, program))
        elif path.is_symlink():
            links.append((str(path), str(path.readlink())))
        else:
            raise NoInterpreterError(
                f"{program}: {path} is not inside a Python installation; "
                "name the interpreter itself, not a script that starts it"
            )
    home = _home(program.parent.parent)
    if home and not _is_shown(home, folders) and _is_prefix(home.parent):
        folders.append(_showable(home.parent, program))
    return Interpreter(str(program), tuple(folders), tuple(links))


def _way(program: Path) -> Iterator[Path]:
    """Yield the program and what it is a link to, until the file itself."""
    path = program
    for _ in range(CHAIN):
        yield path
        if not path.is_symlink():
            return
        path = Path(os.path.normpath(path.parent / path.readlink()))
    raise NoInterpreterError(f"{program} is a link that leads nowhere")


def _is_shown(path: Path, folders: list[str]) -> bool:
    """Return whether a path is below what is shown already."""
    return any(path.is_relative_to(folder) for folder in (*SHOWN, *folders))


def _is_prefix(folder: Path) -> bool:
    """Return whether a folder is a virtual environment or a Python installation."""
    return (folder / "pyvenv.cfg").is_file() or any(folder.glob("lib*/python3*/os.py"))


def _showable(folder: Path, program: Path) -> str:
    """Return the folder, if nothing private is shown with it.

    Raises:
        NoInterpreterError: the user's home, or more, lies in it.
    """
    real = folder.resolve()
    if Path.home().resolve().is_relative_to(real):
        raise NoInterpreterError(
            f"{program}: showing {folder} to the sandbox would show your home; "
            "make a virtual environment in a folder of its own"
        )
    return str(folder)


def _home(venv: Path) -> Path | None:
    """Return where a virtual environment says that its interpreter is at home."""
    try:
        text = (venv / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home" and Path(value.strip()).is_absolute():
            return Path(os.path.normpath(value.strip()))
    return None
