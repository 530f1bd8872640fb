"""Who we are on GitHub: a token as it is, or an App's for one repository, always a fresh one."""

from __future__ import annotations

import threading
from contextlib import suppress
from hashlib import sha256
from typing import Any, Protocol

from github import Auth, GithubIntegration, UnknownObjectException
from jwt import PyJWTError
from urllib3.util import Retry

from tasks.core.forge.address import Address
from tasks.errors import CannotReview
from tasks.forge.certificates import certificates

AGENT = "prefect-review"

VERSION = "2022-11-28"
"""The version of the REST API that we were written for: the next one drops fields."""

RETRY = Retry(
    total=3,
    redirect=0,
    allowed_methods={"GET", "HEAD"},  # a POST whose answer was lost would be made twice
    status_forcelist={500, 502, 503, 504},
    backoff_factor=0.5,
    backoff_jitter=0.25,
    raise_on_status=False,
    respect_retry_after_header=False,  # rate limits are ours: it would sleep as long as it says
)
"""How often PyGithub asks again by itself."""


class Account(Protocol):
    """Somebody who may talk to GitHub. ``auth`` is what PyGithub is given."""

    address: Address
    auth: Auth.Auth

    @property
    def key(self) -> str:
        """Return what tells this account from others, and says nothing about its secret."""
        ...

    def token(self) -> str:
        """Return a token that is good for now; this may ask GitHub for one."""
        ...

    def renew(self) -> None:
        """Forget what GitHub did not believe."""
        ...


def settings(address: Address, timeout: int) -> dict[str, Any]:
    """Return how every client of PyGithub's is made: no retries of writes, no pacing."""
    return {
        "base_url": address.api,
        "timeout": timeout,
        "user_agent": AGENT,
        "per_page": 100,
        "retry": RETRY,
        "seconds_between_requests": None,
        "seconds_between_writes": None,
        "lazy": True,
        "api_version": VERSION,
        "verify": certificates() or True,
    }


class TokenAccount:
    """Whoever a token belongs to: a person, or a workflow's run in Actions."""

    def __init__(self, address: Address, token: str) -> None:
        self.address = address
        self.auth: Auth.Auth = Auth.Token(token)

    @property
    def key(self) -> str:
        """Return a digest of the token."""
        return f"{self.address.api} token {_digest(self.auth.token)}"

    def token(self) -> str:
        """Return the token there is."""
        return self.auth.token

    def renew(self) -> None:
        """Do nothing: there is no other."""


class AppAccount:
    """A GitHub App, as it is installed for one repository."""

    def __init__(
        self, address: Address, app_id: str, private_key: str, repository: str, *, timeout: int
    ) -> None:
        self.address = address
        self.repository = repository
        self._id = app_id
        app = Auth.AppAuth(app_id, private_key)
        _try(app)
        self.integration = GithubIntegration(auth=app, **settings(address, timeout))
        self._lock = threading.Lock()
        self._installed: Auth.AppInstallationAuth | None = None
        self.auth: Auth.Auth = _Current(self)

    @property
    def key(self) -> str:
        """Return the App's number."""
        return f"{self.address.api} app {self._id}"

    def token(self) -> str:
        """Return the installation's token; one that ends within 20 s is replaced before."""
        with self._lock:
            if self._installed is not None:
                with suppress(UnknownObjectException):  # removed, and perhaps made again
                    return self._installed.token
            self._installed = self._look_up()
            return self._installed.token

    def renew(self) -> None:
        """Have another token made, by an installation that is looked up anew."""
        with self._lock:
            self._installed = None

    def _look_up(self) -> Auth.AppInstallationAuth:
        owner, _, name = self.repository.partition("/")
        found = self.integration.get_repo_installation(owner, name)
        return self.integration.auth.get_installation_auth(
            found.id, requester=self.integration.requester
        )


def _try(app: Auth.AppAuth) -> None:
    """Sign something, so that a key of no use is found out here.

    Raises:
        CannotReview: the key is none of RSA, damaged, or has a password.
    """
    try:
        app.create_jwt()
    except (ValueError, TypeError, PyJWTError):
        signed = False
    else:
        signed = True
    if not signed:  # out of the handler: the error may quote the key
        raise CannotReview(
            f"the private key of GitHub App {app.app_id} cannot be used: "
            "generate a new one on the App's page, then `review connect app`"
        )


class _Current(Auth.Auth):
    """What PyGithub authenticates with: whatever token the account has at that moment."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def token_type(self) -> str:
        return "token"

    @property
    def token(self) -> str:
        return self._account.token()


_APPS: dict[tuple[str, str, str, str], AppAccount] = {}
_LOCK = threading.Lock()


def app_account(
    address: Address, app_id: str, private_key: str, repository: str, *, timeout: int
) -> AppAccount:
    """Return the one account of an App for a repository in this process, with its token."""
    key = (address.api, app_id, _digest(private_key), repository.lower())
    with _LOCK:
        if key not in _APPS:
            _APPS[key] = AppAccount(address, app_id, private_key, repository, timeout=timeout)
        return _APPS[key]


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:16]
