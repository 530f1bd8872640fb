"""Have an environment in a runner, with this checkout and exactly what its lock says.

The runner's own Python runs this file, before anything is installed: it knows nothing but the
standard library. ``name`` says which environment it would be, ``make`` makes it.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SOURCES = ("flows", "tasks", "blocks", "deployments", "prefect.yaml", "pyproject.toml")
"""What of a checkout is installed."""

BUILDER = "hatchling"
"""What installs the checkout itself."""

PINNED = re.compile(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment in ``folder``, of the checkout in ``root`` with some of its extras."""

    root: Path
    folder: Path
    extras: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """Return its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def lock(self) -> str:
        """Return the text of the lock."""
        return (self.root / "requirements.lock").read_text(encoding="utf-8")

    @property
    def packages(self) -> str:
        """Return what identifies all of it but the checkout itself.

        An environment knows where it lies, and where the Python is that made it.
        """
        where = [str(self.folder), os.path.realpath(sys.executable), sys.version]
        system = [sysconfig.get_platform(), *platform.libc_ver()]
        return _digest(*where, *system, self.lock, *self.wanted())

    @property
    def sources(self) -> str:
        """Return what identifies the checkout."""
        files = sorted(file for name in SOURCES for file in _files(self.root / name))
        names = (str(file.relative_to(self.root)) for file in files)
        return _digest(*names, *(_digest(file.read_bytes()) for file in files))

    def wanted(self) -> tuple[str, ...]:
        """Return what has to be there, as the project asks for it.

        Raises:
            SystemExit: the project has no such extra.
        """
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        offered = project["project"]["optional-dependencies"]
        for extra in self.extras:
            if extra not in offered:
                sys.exit(f"::error title=review::no extra {extra!a}: {', '.join(offered)}")
        ours = [one for extra in self.extras for one in offered[extra]]
        return (*project["project"]["dependencies"], *ours, BUILDER)


def named(environment: Environment) -> dict[str, str]:
    """Return where an environment is, and under which keys it is cached; where answers are.

    ``like`` begins those of environments that it can soon be made of: with the same packages.
    """
    home = environment.folder.parent / "home"
    begin = f"prefect-review-{environment.packages}-"
    return {
        "folder": str(environment.folder),
        "key": f"{begin}{environment.sources}",
        "like": begin,
        "home": str(home),
        "answers": str(home / "prefect" / "storage"),
    }


def make(environment: Environment) -> None:
    """Make it, or of one with the same packages that was kept what it is to be."""
    made = environment.folder / "packages"
    if not (made.is_file() and made.read_text(encoding="utf-8") == environment.packages):
        _run(sys.executable, "-m", "venv", "--clear", str(environment.folder))
        _install_packages(environment)
        made.write_text(environment.packages, encoding="utf-8")
    ours = ("--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall", "--compile")
    _pip(environment, "install", *ours, str(environment.root))
    _migrate(environment)


def _install_packages(environment: Environment) -> None:
    """Install what is wanted and what that needs, and of it only what the lock knows."""
    known = {_canonical(name): version for name, version in PINNED.findall(environment.lock)}
    folder = environment.folder
    versions = folder / "versions.txt"
    versions.write_text("".join(f"{name}=={of}\n" for name, of in known.items()), "utf-8")
    plan = folder / "plan.json"
    dry = ("--dry-run", "--ignore-installed", "--only-binary=:all:", "--report", str(plan))
    _pip(environment, "install", *dry, "--constraint", str(versions), *environment.wanted())
    steps = json.loads(plan.read_text(encoding="utf-8"))["install"]
    needed = {_canonical(step["metadata"]["name"]) for step in steps}
    if stray := needed - set(known):
        sys.exit(f"::error title=review::not in requirements.lock: {', '.join(sorted(stray))}")
    exactly = folder / "exactly.txt"
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", environment.lock)
    exactly.write_text("".join(_of(needed, entries)), encoding="utf-8")
    checked = ("--no-deps", "--require-hashes", "--compile", "--requirement", str(exactly))
    _pip(environment, "install", *checked)


def _of(needed: set[str], entries: Sequence[str]) -> Iterator[str]:
    """Yield the entries of the lock that are needed, with their hashes."""
    for entry in entries:
        pinned = PINNED.match(entry)
        if pinned and _canonical(pinned[1]) in needed:
            yield entry


def _migrate(environment: Environment) -> None:
    """Have an empty database of the server in it: to make one takes longer than to copy it.

    Where that fails, a review makes its own, or says why not.
    """
    home = environment.folder / "home"
    if (home / "prefect" / "prefect.db").is_file():
        return
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    for word in ("start", "stop"):
        command = [str(environment.folder / "bin" / "review"), "server", word]
        subprocess.run(command, env={**kept, "REVIEW_HOME": str(home)}, check=False)


def _pip(environment: Environment, *arguments: str) -> None:
    _run(str(environment.python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments)


def _run(*command: str) -> None:
    """Run a program.

    Raises:
        SystemExit: it failed; what it said is in the log.
    """
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(f"::error title=review::the environment cannot be made: {' '.join(command[1:4])}")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for file in path.rglob("*") if path.is_dir() else ():
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _digest(*parts: str | bytes) -> str:
    each = (sha256(part if isinstance(part, bytes) else part.encode()).digest() for part in parts)
    return sha256(b"".join(each)).hexdigest()[:16]


def main(what: str) -> None:
    """Do what ``action.yml`` asks for: ``name`` or ``make``."""
    environment = Environment(
        Path(os.environ["GITHUB_ACTION_PATH"]).resolve(),
        Path(os.environ["RUNNER_TEMP"]).resolve() / "prefect-review" / "environment",
        tuple(filter(None, re.split(r"[,\s]+", os.environ.get("EXTRAS", "")))),
    )
    if what == "make":
        make(environment)
        return
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in named(environment).items())


if __name__ == "__main__":
    main(sys.argv[1])
