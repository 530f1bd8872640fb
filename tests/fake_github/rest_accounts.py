"""REST: who calls, repositories and people's permissions, Apps and their installations."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jwt

from tests.fake_github.access import Caller, refusal, role
from tests.fake_github.accounts import App
from tests.fake_github.hub import Hub
from tests.fake_github.limits import Meter
from tests.fake_github.routing import Answer, RefusedError, Request, Route, not_found, refused
from tests.fake_github.shapes import BEGINNING, app, profile, repository, user

if TYPE_CHECKING:
    from jwt.types import Options

LONGEST_JWT = 600
"""Seconds: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app"""

UNDECODABLE = "A JSON web token could not be decoded"
TOO_LONG = "'Expiration time' claim ('exp') is too far in the future"
TOO_OLD = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at"
    " which the assertion expires"
)


def app_caller(hub: Hub, token: str) -> Caller:
    """Return the App that signed a JSON web token with its private key."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        found = hub.apps[int(claims["iss"])]
        unchecked: Options = {"verify_exp": False, "verify_iat": False, "verify_iss": False}
        jwt.decode(token, found.public_key, algorithms=["RS256"], options=unchecked)
        expires = int(claims["exp"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise RefusedError(401, UNDECODABLE) from error
    now = time.time() + hub.offset
    if expires <= now:
        raise RefusedError(401, TOO_OLD)
    if expires > now + LONGEST_JWT:
        raise RefusedError(401, TOO_LONG)
    return Caller(found.account, "app", app=found)


def get_app(request: Request) -> Answer:
    assert request.caller.app is not None
    return Answer(200, app(request.hub, request.caller.app))


def get_installation(request: Request) -> Answer:
    found, name = request.caller.app, f"{request.parts['owner']}/{request.parts['repo']}"
    assert found is not None
    repo = request.hub.repo(name)
    if repo is None or repo.full_name not in found.installed_on:
        raise not_found()
    return Answer(200, _installation(request, found, repo.full_name))


def get_installation_by_number(request: Request) -> Answer:
    found, number = request.caller.app, request.number("installation_id")
    assert found is not None
    for name, installation in found.installed_on.items():
        if installation == number:
            return Answer(200, _installation(request, found, name))
    raise not_found()


def _installation(request: Request, found: App, full_name: str) -> dict[str, Any]:
    hub, number = request.hub, found.installed_on[full_name]
    owner = hub.repositories[full_name].owner
    url = f"{hub.api_url}/app/installations/{number}"
    return {
        "id": number,
        "account": user(hub, owner),
        "repository_selection": "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{hub.api_url}/installation/repositories",
        "html_url": f"{hub.web_url}/settings/installations/{number}",
        "app_id": found.id,
        "app_slug": found.slug,
        "target_id": owner.id,
        "target_type": owner.type,
        "permissions": found.permissions,
        "events": ["check_run", "issue_comment", "pull_request"],
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


def create_token(request: Request) -> Answer:
    found, number = request.caller.app, request.number("installation_id")
    assert found is not None
    if number not in found.installed_on.values():
        raise not_found()
    made = request.hub.installation_token(found, number)
    _narrow(made, found, request.body)
    assert made.expires_at is not None
    until = datetime.fromtimestamp(made.expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = {"token": made.token, "expires_at": until, "permissions": made.permissions}
    return Answer(201, shown | {"repository_selection": "selected"})


def _narrow(made: Caller, found: App, sent: dict[str, Any]) -> None:
    """Give a token less than its App has, if that is what was asked for."""
    wanted = sent.get("permissions") or found.permissions
    order = ("", "read", "write")
    if any(order.index(found.permissions.get(n, "")) < order.index(w) for n, w in wanted.items()):
        message = "The permissions requested are not granted to this installation."
        raise RefusedError(422, message)
    made.permissions = dict(wanted)
    names = sent.get("repositories")
    if names and made.repositories:
        made.repositories = frozenset(n for n in made.repositories if n.split("/")[1] in names)


def get_user(request: Request) -> Answer:
    if request.caller.integration:
        return refused(403, refusal(request.caller, ""))
    return Answer(200, profile(request.hub, request.caller.account))


def get_repository(request: Request) -> Answer:
    return Answer(200, repository(request.hub, request.repo, request.caller, full=True))


def get_permission(request: Request) -> Answer:
    hub, repo, login = request.hub, request.repo, request.parts["username"]
    account = next((a for a in hub.accounts.values() if a.login.lower() == login.lower()), None)
    if account is None or account.type == "Bot":  # "renovate[bot] is not a user"
        raise not_found()
    level = role(repo, account)
    person = (user(hub, account) or {}) | {"role_name": level}
    return Answer(200, {"permission": level, "role_name": level, "user": person})


def get_limits(request: Request) -> Answer:
    hub, caller = request.hub, request.caller
    shown = {}
    for resource in ("core", "graphql"):
        meter = hub.meters.setdefault(f"{caller.account.login} {resource}", Meter())
        meter.turn(time.time() + hub.offset)
        most = hub.limits.most(caller, resource)
        used, reset = min(meter.used, most), int(meter.reset)
        shown[resource] = {"limit": most, "remaining": most - used, "reset": reset, "used": used}
    search = {"limit": 30, "remaining": 30, "reset": int(time.time() + hub.offset) + 60, "used": 0}
    return Answer(200, {"resources": shown | {"search": search}, "rate": shown["core"]})


REPO = "/repos/{owner}/{repo}"
INSTALLATION = "/app/installations/{installation_id}"
ROUTES = (
    Route("GET", "/app", get_app, app_only=True),
    Route("GET", REPO + "/installation", get_installation, app_only=True),
    Route("GET", INSTALLATION, get_installation_by_number, app_only=True),
    Route("POST", INSTALLATION + "/access_tokens", create_token, app_only=True),
    Route("GET", "/user", get_user),
    Route("GET", "/rate_limit", get_limits),
    Route("GET", REPO, get_repository, ("metadata",)),
    Route("GET", REPO + "/collaborators/{username}/permission", get_permission, ("metadata",)),
)
