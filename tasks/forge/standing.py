"""Ask GitHub who we are, and what we may do there."""

from __future__ import annotations

from dataclasses import replace

from tasks.core.forge.rights import Kind, Standing
from tasks.forge.account import AppAccount
from tasks.forge.connection import Connection
from tasks.forge.errors import NotAllowed
from tasks.forge.translation import translating

ACTIONS = "github-actions[bot]"


def app_standing(account: AppAccount) -> Standing:
    """Return which App it is, and what it asks of those who install it.

    Raises:
        ForgeError: GitHub does not know it by this key.
    """
    app = translating(account.integration.get_app, "asking which App this is", reads=True)
    return Standing(Kind.APP, app.slug, app.permissions)


def standing(connection: Connection) -> Standing:
    """Return who we are for the connection's repository.

    Raises:
        ForgeError: GitHub does not know us, or we do not see the repository.
    """
    account, name = connection.account, connection.repository
    if isinstance(account, AppAccount):
        owner, _, short = name.partition("/")
        installed = connection.read(
            f"finding the App's installation for {name}",
            lambda: account.integration.get_repo_installation(owner, short),
        )
        return replace(app_standing(account), permissions=installed.permissions)
    person = person_standing(connection)
    seen = connection.rest_call("GET", f"/repos/{name}", what=f"reading {name}")
    pushes = bool((seen.get("permissions") or {}).get("push"))
    return replace(person, pushes=pushes, private=bool(seen.get("private")))


def person_standing(connection: Connection) -> Standing:
    """Return whose token it is; of a classic one, with its scopes.

    Only classic tokens have a header of scopes, if an empty one:
    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps

    Raises:
        ForgeError: GitHub does not know it.
    """
    try:
        login = connection.read("asking who we are", lambda: connection.rest.get_user().login)
    except NotAllowed:  # an App's token belongs to no user
        return Standing(Kind.ACTIONS, ACTIONS)
    scopes = connection.rest.oauth_scopes
    if scopes is None:
        return Standing(Kind.FINE, login)
    return Standing(Kind.CLASSIC, login, scopes=frozenset(filter(None, scopes)))
