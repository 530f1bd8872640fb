"""An App that is installed for several accounts, on the stand-in for GitHub."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tasks.core.forge.address import Address
from tasks.forge.account import AppAccount
from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.accounts import App
from tests.fake_github.state import Pull
from tests.tasks.forge.wire import pem

APP = 7


class Estate:
    """Repositories of several owners; the App is installed for each owner."""

    def __init__(self, hub: FakeGitHub, project: Repo, key: rsa.RSAPrivateKey) -> None:
        self.hub = hub
        self.project = project
        self.private = pem(key)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.app: App = hub.app(APP, "prefect-review", public.decode())
        if not project.git("branch", "--list", "feature"):
            project.commit({"app.py": '"""A shop."""\n'})
            project.git("branch", "feature")
            project.git("checkout", "-q", "feature")
            project.commit({"app.py": '"""A shop."""\n\nanswer = halve(21)\n'})

    def add(self, *names: str, private: bool = False) -> None:
        """Add repositories, where the App is installed with the other ones of their owners."""
        for name in names:
            self.hub.add_repository(name, self.project.folder, private=private)
            self.app.installed_on[name] = self.number(name.partition("/")[0])

    def number(self, owner: str) -> int:
        """Return the number of an owner's installation."""
        known = (n for name, n in self.app.installed_on.items() if name.startswith(f"{owner}/"))
        return next(known, 0) or self.hub.next_id()

    def open(self, name: str, branch: str = "", at: str = "", **how: object) -> Pull:
        """Open a pull request of a branch of its own, or of one that is there."""
        if not branch:
            branch = f"{name.replace('/', '-')}-{self.hub.next_id()}"
            self.project.git("branch", branch, "feature")
        pull = self.hub.open_pull(name, head=branch, **how)
        pull.updated_at = at or pull.updated_at
        return pull

    def account(self) -> AppAccount:
        """Return the App, as for any repository."""
        return AppAccount(Address.of(self.hub.api_url), str(APP), self.private, "", timeout=5)

    def asked(self, after: int = 0) -> list[str]:
        """Return what was asked since then, without getting tokens and looking for them."""
        return [
            f"{call.method} {call.path} {call.status}"
            for call in self.hub.calls[after:]
            if not call.path.startswith("/app/")
        ]
