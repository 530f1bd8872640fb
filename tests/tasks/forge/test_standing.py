"""Who we are on GitHub, as its answers say it."""

from __future__ import annotations

import pytest

from tasks.core.forge.rights import Kind, Standing
from tasks.forge.account import AppAccount
from tasks.forge.errors import BadCredentials, Gone
from tasks.forge.standing import app_standing, standing
from tests.tasks.forge.scripted import Says
from tests.tasks.forge.wire import pem

ADA = {"login": "ada"}
SCOPES = {"X-OAuth-Scopes": "repo, read:org"}
PUSH = {"private": True, "permissions": {"push": True}}


@pytest.mark.parametrize(
    ("user", "repository", "expected"),
    [
        (Says(200, ADA), {}, Standing(Kind.FINE, "ada", pushes=False)),
        (Says(200, ADA), PUSH, Standing(Kind.FINE, "ada", private=True)),
        (
            Says(200, ADA, SCOPES),
            PUSH,
            Standing(Kind.CLASSIC, "ada", scopes=frozenset({"repo", "read:org"}), private=True),
        ),
        (Says(200, ADA, {"X-OAuth-Scopes": ""}), PUSH, Standing(Kind.CLASSIC, "ada", private=True)),
        (
            Says(403, {"message": "Resource not accessible by integration"}),
            {"permissions": {"push": True}},
            Standing(Kind.ACTIONS, "github-actions[bot]"),
        ),
    ],
)
def test_a_token_is_told_by_what_github_says_of_it(script, wire, user, repository, expected):
    script.says(user, Says(200, repository))

    assert standing(wire) == expected
    assert [asked.path for asked in script.asked] == ["/api/v3/user", "/api/v3/repos/acme/shop"]


def test_a_repository_that_a_token_does_not_see_is_said_to_be_so(script, wire):
    script.says(Says(200, ADA), Says(404, {"message": "Not Found"}))

    with pytest.raises(Gone, match="reading acme/shop: it is not there, or this token may not"):
        standing(wire)


def test_an_app_is_who_its_key_says_with_what_its_installation_was_given(app, by_app):
    app.permissions = {"metadata": "read", "checks": "write"}

    assert standing(by_app) == Standing(Kind.APP, "prefect-review", app.permissions)


def test_an_app_is_known_before_it_is_installed_anywhere(app, installed):
    app.installed_on.clear()

    assert app_standing(installed).login == "prefect-review"


def test_a_key_of_an_app_that_is_none_is_not_believed(installed, app_key):
    nobody = AppAccount(installed.address, "8", pem(app_key), "", timeout=5)

    with pytest.raises(BadCredentials, match="asking which App this is"):
        app_standing(nobody)
