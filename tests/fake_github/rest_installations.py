"""REST: where an App is installed, and which repositories it sees there."""

from __future__ import annotations

from typing import Any

from tests.fake_github.accounts import App
from tests.fake_github.hub import Hub
from tests.fake_github.rest_accounts import _installation
from tests.fake_github.routing import Answer, RefusedError, Request, Route, refused
from tests.fake_github.shapes import BEGINNING, repository, user

SUSPENDED = "This installation has been suspended"


def list_installations(request: Request) -> Answer:
    """The JWT of the App asks."""
    found = request.caller.app
    assert found is not None
    there = [(n, name) for name, n in found.installed_on.items() if request.hub.repo(name)]
    first = dict(reversed(there))

    def shape(number: int) -> dict[str, Any]:
        shown = _installation(request, found, first[number])
        return shown | _suspension(request.hub, found, number)

    return request.page(sorted(first), shape)


def _suspension(hub: Hub, app: App, number: int) -> dict[str, Any]:
    if number not in app.suspended:
        return {}
    return {"suspended_at": BEGINNING, "suspended_by": user(hub, app.owner)}


def list_repositories(request: Request) -> Answer:
    """The token of an installation asks; people have other calls for that."""
    hub, caller = request.hub, request.caller
    if caller.kind != "installation" or caller.repositories is None:
        return refused(403, "You must authenticate with an installation access token")
    if caller.app and {caller.app.installed_on.get(n) for n in caller.repositories} & (
        caller.app.suspended
    ):
        raise RefusedError(403, SUSPENDED)
    seen = [repo for name, repo in hub.repositories.items() if name in caller.repositories]
    return request.page(seen, lambda repo: repository(hub, repo, caller), "repositories")


ROUTES = (
    Route("GET", "/app/installations", list_installations, app_only=True),
    Route("GET", "/installation/repositories", list_repositories),
)
