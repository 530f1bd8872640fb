"""A shop with one pull request on the fake GitHub, and ways to talk to it."""

from __future__ import annotations

import functools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth, Github
from github.Repository import Repository

from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.state import Pull

SHOP = "acme/shop"
LINES = [f"line {number}\n" for number in range(1, 61)]
HEAD = [text.replace("line 10\n", "ten\n").replace("line 40\n", "forty\n") for text in LINES]


@functools.cache
def keys(which: int = 0) -> tuple[str, str]:
    """A private key and its public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), public.decode()


@dataclass
class Shop:
    """The pull request changes lines 10 and 40 of old.py, adds new.py, removes gone.py."""

    hub: FakeGitHub
    repo: Repo
    pull: Pull

    def api(self, token: str = "", scheme: str = "Bearer") -> httpx.Client:
        token = token or self.hub.token("ci-bot")
        headers = {"Authorization": f"{scheme} {token}"}
        return httpx.Client(base_url=f"{self.hub.api_url}/repos/{SHOP}", headers=headers, timeout=5)

    def github(self, token: str = "") -> Repository:
        """PyGithub's idea of the repository."""
        auth = Auth.Token(token or self.hub.token("ci-bot"))
        hub = Github(
            auth=auth,
            base_url=self.hub.api_url,
            lazy=True,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return hub.get_repo(SHOP)

    def push(self, **files: str) -> str:
        """Push files to the pull request: `push(old_py="...")`."""
        self.repo.git("checkout", "-q", "feature")
        return self.repo.commit({name.replace("_py", ".py"): text for name, text in files.items()})

    def app(self, **about: Any) -> str:
        """Register an App, of number 7, and return its private key."""
        private, public = keys()
        self.hub.app(7, "reviewer", public, **{"installed_on": [SHOP], **about})
        return private


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """The repository, made once."""
    place = tmp_path_factory.mktemp("shop")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place), "GIT_CONFIG_NOSYSTEM": "1"}
    repo = Repo(place / "repository", environment, place)
    repo.folder.mkdir()
    repo.git("init", "-q", "-b", "main", "--template=")
    repo.commit({"old.py": "".join(LINES), "gone.py": "gone\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"old.py": "".join(HEAD), "new.py": "one\ntwo\nthree\n"}, "gone.py")
    return repo.folder


@pytest.fixture
def shop(github, make_repo, finished) -> Shop:
    repo = make_repo("shop")
    shutil.rmtree(repo.folder)
    shutil.copytree(finished, repo.folder)
    github.add_repository(SHOP, repo.folder)
    return Shop(github, repo, github.open_pull(SHOP, head="feature", title="Ten"))
