"""A pull request on a server, and what fetches it into a mirror."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.core.context import PRContext
from tasks.core.forge.address import Address
from tasks.forge.git_remote import FetchBounds
from tasks.forge.mirror import Fetched, fetch_pull
from tests.tasks.forge.git_server import TOKEN, Served, git_server

ONCE = FetchBounds(attempts=1)


@dataclass
class Pull:
    """Pull request 1 of ``acme/shop``: what the server has, and how to fetch it."""

    repo: object
    served: Served
    folder: Path
    context: PRContext
    token: str = TOKEN
    bounds: FetchBounds = ONCE

    def fetch(self, **other) -> Fetched:
        return fetch_pull(
            self.context.model_copy(update=other),
            address=Address.of(self.served.api_url),
            token=lambda: self.token,
            folder=self.folder,
            bounds=self.bounds,
        )

    def head(self) -> str:
        return self.context.head_sha


@contextmanager
def pull_request(make_repo, tmp_path: Path) -> Iterator[Pull]:
    """A branch of two commits that leaves ``main`` one commit before its tip."""
    repo = make_repo("shop")
    repo.commit({"a.py": "a = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": "b = 1\n"})
    head = repo.commit({"b.py": "b = 2\n"})
    repo.git("checkout", "-q", "main")
    base = repo.commit({"c.py": "c = 1\n"})
    context = PRContext(
        repository="acme/shop",
        pr_number=1,
        base_branch="main",
        head_branch="feature",
        base_sha=base,
        head_sha=head,
    )
    with git_server(shop=repo.folder) as served:
        yield Pull(repo, served, tmp_path / "mirrors", context)


def leftovers(pull: Pull) -> list[Path]:
    found = pull.folder.rglob("*")
    return [path for path in found if path.name.startswith(("tmp_", ".tmp")) and path.is_file()]


def gits_in(folder: Path) -> dict[int, tuple[str, str]]:
    """Return the command lines and environments of the processes that work in a folder."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().decode("utf-8", "replace")
            if f"GIT_DIR={folder}" in environment:
                line = (process / "cmdline").read_bytes().decode("utf-8", "replace")
                found[int(process.name)] = line, environment
        except OSError:
            continue
    return found
