"""Accounts, Apps and their tokens: who may call the fake GitHub."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.fake_github.access import ACTIONS, Caller, expired
from tests.fake_github.accounts import Account, App

ACTIONS_APP = 15368  # its id on github.com


class Admission:
    """Who there is, and what tokens they have; and the time, in which tokens grow old."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.offset = 0.0  # seconds that the hub's clock is ahead
        self.token_lifetime = 3600.0
        self.accounts: dict[str, Account] = {}
        self.apps: dict[int, App] = {}
        self.callers: dict[str, Caller] = {}
        self._ids = itertools.count(1001)
        owner = self.account("github", "Organization")
        self.actions_app = self._new_app(ACTIONS_APP, "github-actions", owner, "GitHub Actions")

    def now(self) -> str:
        """The time, in seconds, as GitHub writes it."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def pass_time(self, seconds: float) -> None:
        """Let the hub's clock run ahead."""
        self.offset += seconds

    def next_id(self) -> int:
        """Return an id that nothing has, greater than all before."""
        return next(self._ids)

    def account(self, login: str, kind: str = "") -> Account:
        """Return an account; it is made when it is first named."""
        if login not in self.accounts:
            kind = kind or ("Bot" if login.endswith("[bot]") else "User")
            self.accounts[login] = Account(self.next_id(), login, kind)
        return self.accounts[login]

    def token(
        self,
        login: str = "ci-bot",
        *,
        scopes: Iterable[str] = ("repo",),
        permissions: dict[str, str] | None = None,
        repositories: Iterable[str] | None = None,
    ) -> str:
        """Return a personal token: classic, or with `permissions` a fine-grained one."""
        fine = permissions is not None
        return self._admit(
            Caller(
                self.account(login),
                "fine-grained" if fine else "classic",
                ("github_pat_" if fine else "ghp_") + secrets.token_hex(18),
                permissions=permissions or {},
                scopes=() if fine else tuple(scopes),
                repositories=None if repositories is None else frozenset(repositories),
            )
        )

    def actions_token(self, full_name: str, *, read_only: bool = False) -> str:
        """Return the token of a workflow's run; of a pull request from a fork it is read-only."""
        return self._admit(
            Caller(
                self.actions_app.account,
                "actions",
                "ghs_" + secrets.token_hex(18),
                permissions=dict.fromkeys(ACTIONS, "read" if read_only else "write"),
                repositories=frozenset({full_name}),
                app=self.actions_app,
            )
        )

    def app(
        self,
        app_id: int,
        slug: str,
        public_key: str,
        *,
        permissions: dict[str, str] | None = None,
        installed_on: Iterable[str] = (),
        owner: str = "acme",
    ) -> App:
        """Register an App, whose JWTs are verified with its public key (PEM)."""
        app = self._new_app(app_id, slug, self.account(owner, "Organization"), slug)
        app.public_key = public_key
        app.permissions = {"metadata": "read"} | (permissions or dict.fromkeys(ACTIONS, "write"))
        installation = self.next_id()  # one for all repositories of an account
        app.installed_on = dict.fromkeys(installed_on, installation)
        return app

    def installation_token(self, app: App, installation: int) -> Caller:
        """Return a caller for a new token of an installation; its form is none to rely on."""
        caller = Caller(
            app.account,
            "installation",
            f"ghs_{app.id}_" + secrets.token_urlsafe(380),
            permissions=dict(app.permissions),
            repositories=frozenset(n for n, i in app.installed_on.items() if i == installation),
            app=app,
            expires_at=time.time() + self.offset + self.token_lifetime,
        )
        self._admit(caller)
        return caller

    def caller(self, token: str) -> Caller | None:
        """Return who calls with a token that is still good."""
        caller = self.callers.get(token)
        return None if caller is None or expired(caller, self.offset) else caller

    def _admit(self, caller: Caller) -> str:
        self.callers[caller.token] = caller
        return caller.token

    def _new_app(self, app_id: int, slug: str, owner: Account, name: str) -> App:
        bot = self.account(f"{slug}[bot]", "Bot")
        self.apps[app_id] = App(app_id, slug, bot, owner, name=name)
        return self.apps[app_id]
