"""A pull request on the fake GitHub, and a connection to it: where tests of the wire begin."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tasks.core.forge.address import Address
from tasks.core.forge.conversation import Conversation
from tasks.forge.account import AppAccount, TokenAccount
from tasks.forge.connection import Connection
from tasks.forge.read import read
from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.state import Pull

SHOP = "acme/shop"
CHECK = "review"
BOT = "prefect-review[bot]"
NUMBERED = [f"line {number}\n" for number in range(1, 101)]


@dataclass
class Scene:
    """``ada`` wants ``feature`` merged: it adds a file of 40 lines, and changes line 50 of 100."""

    hub: FakeGitHub
    repo: Repo
    pull: Pull
    connection: Connection

    def read(self, **about) -> Conversation:
        return read(self.connection, SHOP, self.pull.number, check=CHECK, **about)

    @property
    def head(self) -> str:
        return self.repo.git("rev-parse", "feature")

    def push(self, **files: str) -> str:
        """Push to the pull request; return its new head."""
        self.repo.git("checkout", "-q", "feature")
        return self.repo.commit({name.replace("_py", ".py"): text for name, text in files.items()})

    @property
    def writes(self) -> list[str]:
        """What changed the pull request, or tried to: to get a token is nothing of that."""
        return [str(c) for c in self.hub.writes if not c.path.endswith("/access_tokens")]

    @property
    def calls(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.hub.calls]


def scene_of(hub: FakeGitHub, repo: Repo, *, using: str = "app", timeout: int = 5) -> Scene:
    """Open the pull request; ``using`` is app, actions, person, or read-only."""
    repo.commit({"old.py": "".join(NUMBERED)})
    repo.git("checkout", "-q", "-b", "feature")
    changed = ["line fifty\n" if line == "line 50\n" else line for line in NUMBERED]
    new = "".join(f"new {number}\n" for number in range(1, 41))
    repo.commit({"old.py": "".join(changed), "new.py": new})
    hub.add_repository(SHOP, repo.folder, permissions={"ada": "write", "grace": "write"})
    pull = hub.open_pull(SHOP, head="feature", base="main", author="ada", title="Better lines")
    return Scene(hub, repo, pull, Connection(_account(hub, using, timeout), SHOP, timeout=timeout))


@functools.cache
def _keys() -> tuple[str, str]:
    """Return an App's private and public key: made once, for that takes a moment."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _account(hub: FakeGitHub, using: str, timeout: int) -> AppAccount | TokenAccount:
    address = Address.of(hub.api_url)
    if using == "app":
        private, public = _keys()
        hub.app(7, BOT.removesuffix("[bot]"), public, installed_on=[SHOP])
        return AppAccount(address, "7", private, SHOP, timeout=timeout)
    if using == "person":
        hub.repositories[SHOP].permissions["ci-bot"] = "write"
        return TokenAccount(address, hub.token("ci-bot"))
    token = hub.actions_token(SHOP, read_only=using == "read-only")
    return TokenAccount(address, token)
