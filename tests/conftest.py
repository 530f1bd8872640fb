"""Real git repositories, built in a test's own folder, deaf to the settings of whoever runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coverage import Coverage

from tasks.checkout import prepare
from tasks.core.change import ChangeSet
from tasks.core.policy import ReviewPolicy
from tasks.git import open_repository
from tasks.worktree import head_of

if TYPE_CHECKING:
    from tests.fake_github import FakeGitHub


def pytest_configure() -> None:
    """Let the programs that tests start hear an interrupt, and not of the job they run in.

    What runs in a shell's background is born deaf to it, and so would all its children be. In a
    job of GitHub Actions a review writes what the job reads.
    """
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        del os.environ[name]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish() -> None:
    """Save what was measured while there is time: xdist kills a worker 10 s after its last test.

    A worker has threads of Prefect to end, and its coverage would be written after them.
    """
    measured = Coverage.current()
    if measured is not None:
        measured.save()


Tree = Mapping[str, str | bytes]


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


@dataclass
class Repo:
    """A git repository, and a review of it as far as ``prepare``."""

    folder: Path
    environment: dict[str, str]
    scratch: Path

    def git(self, *arguments: str | bytes, given: bytes = b"", ok: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            check=False,
        )
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, tree: Tree) -> None:
        """Write files of the work tree."""
        for name, content in tree.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(content))

    def commit(self, tree: Tree | None = None, *removed: str) -> str:
        """Commit the state before with these files in it; return the commit's id."""
        if removed:
            self.git("rm", "-q", "--", *removed)
        self.write(tree or {})
        self.git("add", "-A", "--force")
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "a state")
        return self.git("rev-parse", "HEAD")

    def blob(self, content: str | bytes) -> str:
        return self.git("hash-object", "-w", "--no-filters", "--stdin", given=_bytes(content))

    def tree(self, *rows: tuple[int, bytes, str]) -> str:
        """Write a raw tree, which no work tree could hold: rows of mode, name and object id."""
        raw = b"".join(b"%o %s\0" % (mode, name) + bytes.fromhex(id_) for mode, name, id_ in rows)
        return self.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)

    def files(self, tree: Mapping[bytes, str | bytes]) -> str:
        """Write a tree of these files, whose names are of any bytes but NUL and slash."""
        return self.tree(*((0o100644, name, self.blob(tree[name])) for name in sorted(tree)))

    @property
    def empty(self) -> str:
        """The id of the tree that holds nothing."""
        return self.git("hash-object", "-t", "tree", "-w", "--stdin")

    def change(
        self, base: str = "HEAD~1", head: str = "HEAD", policy: ReviewPolicy | None = None
    ) -> ChangeSet:
        """Prepare the review of a change, as the flow does."""
        scratch = tempfile.mkdtemp(dir=self.scratch)
        repository = open_repository(str(self.folder)).with_scratch(scratch)
        return prepare(
            repository,
            repository.resolve(base),
            head_of(repository, head),
            name="t@head",
            scratch=scratch,
            policy=policy or ReviewPolicy(),
        )

    def state(self) -> dict[str, bytes]:
        """Return every file of the repository itself, to show that nobody wrote to it."""
        inner = self.folder / ".git" if (self.folder / ".git").is_dir() else self.folder
        return {
            str(path.relative_to(inner)): path.read_bytes()
            for path in inner.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


@pytest.fixture
def make_repo(tmp_path, monkeypatch):
    """Return what makes a repository of a name: ``make_repo("r", "--bare")``."""
    config = tmp_path / "gitconfig"
    config.write_text("")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, environment[name])
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def make(name: str = "repository", *options: str) -> Repo:
        repo = Repo(tmp_path / name, environment, scratch)
        repo.folder.mkdir(parents=True)
        repo.git("init", "-q", "-b", "main", *options)
        return repo

    return make


@pytest.fixture
def repo(make_repo) -> Repo:
    """An empty repository."""
    return make_repo()


@pytest.fixture
def canary(tmp_path) -> Iterator[str]:
    """A shell command that leaves a trace; the test fails if anything has run it."""
    trace = tmp_path / "canary"
    program = tmp_path / "sing"
    program.write_text(f"#!/bin/sh\necho sung >> '{trace}'\ncat\n")
    program.chmod(0o755)
    yield str(program)
    assert not trace.exists(), "something of the repository was executed"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where GitHub's description was not to be had, and nothing was held against it."""
    validation = sys.modules.get("tests.fake_github.validation")
    for line in validation.unchecked() if validation else ():
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A GitHub on loopback; what its official description does not allow fails the test."""
    from tests.fake_github import FakeGitHub, validation  # few tests need it

    with FakeGitHub() as hub:
        hub.validator = validation.official()
        yield hub
    assert not hub.violations
    assert not hub.unknown, "the fake GitHub was asked for what it does not know"


@pytest.fixture
def project(make_repo) -> Repo:
    """A repository that a user reviews, on its branch ``main``."""
    return make_repo("project", "--initial-branch=main")
