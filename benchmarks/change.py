"""Make a change of about 30 Python files that anybody can make again: one release to the next.

Two sdists of a package index become two commits of a new git repository: ``main`` has the
older release, ``topic`` the newer one. ``push`` adds a commit that touches one file.

    python benchmarks/change.py FOLDER [--package httpx --base 0.27.2 --head 0.28.0]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PACKAGE, BASE, HEAD = "httpx", "0.27.2", "0.28.0"

IDENTITY = {
    "GIT_AUTHOR_NAME": "Benchmark",
    "GIT_AUTHOR_EMAIL": "benchmark@example.invalid",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Benchmark",
    "GIT_COMMITTER_EMAIL": "benchmark@example.invalid",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
"""The same two releases have the same ids, wherever and whenever they are made."""


@dataclass(frozen=True, slots=True)
class Change:
    """A repository of our own, with a change from ``main`` to ``topic``."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """Return what git says in this repository."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **IDENTITY},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    @property
    def python_files(self) -> list[str]:
        """Return the Python files that are there at the head and differ from the base."""
        options = ("--name-only", "--diff-filter=d", "--no-renames")
        return self.git("diff", *options, "main", "HEAD", "--", "*.py").splitlines()

    def push(self, number: int) -> str:
        """Commit a further function to one file that the change touches; return its path.

        It is another one each time, so that no earlier run of a benchmark has left an answer.
        """
        path = sorted(self.python_files, key=lambda p: (self.folder / p).stat().st_size)[
            len(self.python_files) // 2
        ]
        with (self.folder / path).open("a", encoding="utf-8") as file:
            name = f"pushed_{number}_{time.time_ns()}"
            file.write(f"\n\ndef {name}(value: int) -> int:\n    return value + {number}\n")
        self.git("commit", "--quiet", "--all", "--message", f"push {number}")
        return path


def make(folder: Path, package: str = PACKAGE, base: str = BASE, head: str = HEAD) -> Change:
    """Make the repository in a folder that is not there yet, or is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    change = Change(folder)
    change.git("init", "--quiet", "--initial-branch=main")
    for release, branch in ((base, "main"), (head, "topic")):
        with tempfile.TemporaryDirectory() as temporary:
            source = _sdist(f"{package}=={release}", Path(temporary))
            change.git("checkout", "--quiet", "-B", branch)
            change.git("rm", "-r", "--quiet", "--ignore-unmatch", "--", ".")
            shutil.copytree(source, folder, dirs_exist_ok=True, symlinks=True)
        change.git("add", "--all")
        change.git("commit", "--quiet", "--message", f"{package} {release}")
    return change


def _sdist(requirement: str, folder: Path) -> Path:
    """Return the unpacked source distribution that pip brings."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--no-binary=:all:", f"--dest={folder}", requirement]
    subprocess.run(command, check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def main() -> int:
    """Make the repository, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--package", default=PACKAGE)
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--head", default=HEAD)
    said = parser.parse_args()
    change = make(said.folder, said.package, said.base, said.head)
    print(f"{change.folder}: {change.git('diff', '--shortstat', 'main', 'HEAD')}")
    print(f"{len(change.python_files)} Python files to look at")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
