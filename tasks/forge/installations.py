"""Where a GitHub App is installed, and what it sees there."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from github import Auth

from tasks.core.forge.lookout import Listing
from tasks.forge.account import AppAccount
from tasks.forge.conditional import Allowance, if_changed
from tasks.forge.connection import Connection

MOST_PAGES = 100
"""10,000 installations, and 10,000 repositories of each."""

READS = "pull_requests"
"""The permission without which there is nothing to look at."""


@dataclass(frozen=True, slots=True)
class Installation:
    """An account's installation; ``why_not`` says what keeps us from looking there, if anything."""

    number: int
    owner: str
    why_not: str = ""


class AppItself:
    """The App, as no installation of it: good for asking where it is installed."""

    def __init__(self, app: AppAccount) -> None:
        self.address = app.address
        self.auth: Auth.Auth = app.integration.auth
        self.key = app.key

    def token(self) -> str:
        """Return a signed word of its own, good for some minutes."""
        return self.auth.token

    def renew(self) -> None:
        """Do nothing: each is a new one."""


class Installed:
    """The App as it is installed for an account: for all repositories that it sees of that."""

    def __init__(self, app: AppAccount, installation: Installation) -> None:
        self.address = app.address
        self.key = app.key
        self.auth: Auth.Auth = _Current(self)
        self._app = app.integration
        self._number = installation.number
        self._lock = threading.Lock()
        self.renew()

    def token(self) -> str:
        """Return the installation's token; one that ends within 20 s is replaced before."""
        with self._lock:
            return self._auth.token

    def renew(self) -> None:
        """Have another token made."""
        with self._lock:
            self._auth = self._app.auth.get_installation_auth(
                self._number, requester=self._app.requester
            )


class _Current(Auth.Auth):
    """What PyGithub authenticates with: whatever token the account has at that moment."""

    def __init__(self, account: Installed) -> None:
        self._account = account

    @property
    def token_type(self) -> str:
        return "token"

    @property
    def token(self) -> str:
        return self._account.token()


def installations(connection: Connection) -> Iterator[Installation]:
    """Yield where the App is installed; ``connection`` is one of the App itself.

    Raises:
        ForgeError: GitHub does not say.
    """
    what = "looking where the App is installed"
    for page in range(1, MOST_PAGES + 1):
        query = {"per_page": 100, "page": page}
        fresh = if_changed(connection, "/app/installations", query, "", what, Allowance())
        for found in fresh.body if fresh else ():
            yield _installation(found)
        if not (fresh and fresh.more):
            return


def _installation(found: Mapping[str, Any]) -> Installation:
    account = found.get("account") or {}
    owner = str(account.get("login") or account.get("slug") or found["id"])
    why_not = ""
    if found.get("suspended_at"):
        why_not = f"{owner}: the installation of the App is suspended there"
    elif READS not in (found.get("permissions") or {}):
        why_not = (
            f"{owner}: the App may not read pull requests there; an owner has to accept its "
            "permission pull_requests"
        )
    return Installation(int(found["id"]), owner, why_not)


def repositories(
    connection: Connection,
    installation: Installation,
    known: Mapping[str, Listing],
    allowance: Allowance,
) -> dict[str, Listing]:
    """Return all that is seen there, by page, without what is archived or disabled.

    ``known`` are the pages of the last time; they hold where GitHub says that nothing changed.

    Raises:
        ForgeError: GitHub does not say.
    """
    what = f"looking which repositories {installation.owner} has"
    pages: dict[str, Listing] = {}
    for page in range(1, MOST_PAGES + 1):
        name = f"{installation.number}/{page}"
        old = known.get(name) or Listing("", ())
        query = {"per_page": 100, "page": page}
        fresh = if_changed(
            connection, "/installation/repositories", query, old.etag, what, allowance
        )
        pages[name] = listing = _listing(fresh.etag, fresh.body, fresh.more) if fresh else old
        if not listing.more:
            break
    return pages


def _listing(etag: str, body: Mapping[str, Any], more: bool) -> Listing:  # noqa: FBT001
    names = (
        str(one["full_name"])
        for one in body["repositories"]
        if not (one.get("archived") or one.get("disabled"))
    )
    return Listing(etag, tuple(names), more)
