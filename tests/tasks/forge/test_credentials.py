"""Who we are to be on GitHub, as the environment or a name says it."""

from __future__ import annotations

import pytest

from tasks.errors import CannotReview
from tasks.forge.connection import connect
from tasks.forge.credentials import in_environment
from tests.tasks.forge.wire import TOKEN


@pytest.fixture
def environment(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN"])
def test_the_token_of_the_environment_is_used_as_actions_sets_it(script, environment, name):
    environment.setenv(name, TOKEN)
    environment.setenv("GITHUB_API_URL", script.api)
    environment.setenv("GITHUB_GRAPHQL_URL", f"{script.url}/api/graphql")

    with connect("acme/shop") as connection:
        assert connection.token() == TOKEN
        assert connection.address.web == script.url
    assert TOKEN not in repr(vars(connection)) + repr(vars(connection.account))


@pytest.mark.parametrize("blank", ["", " ", "\t \n"])
def test_a_token_of_blanks_is_not_set(script, environment, blank):
    environment.setenv("GITHUB_TOKEN", blank)
    assert not in_environment()

    environment.setenv("GH_TOKEN", f" {TOKEN}\n")
    environment.setenv("GITHUB_API_URL", script.api)
    assert in_environment()
    with connect("acme/shop") as connection:
        assert connection.token() == TOKEN


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"GITHUB_TOKEN": "two words"}, "GITHUB_TOKEN is no token"),
        ({"GITHUB_API_URL": "http://git.acme.example/api/v3"}, "GITHUB_API_URL: .*clear"),
        ({"GITHUB_GRAPHQL_URL": "https://evil.example/graphql"}, "the GraphQL API of"),
    ],
)
def test_an_environment_that_cannot_be_meant_is_refused(environment, settings, text):
    for name, value in ({"GITHUB_TOKEN": TOKEN} | settings).items():
        environment.setenv(name, value)

    with pytest.raises(CannotReview, match=text) as refused:
        connect("acme/shop")
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["", "shop", "acme/shop/more", "acme/../shop", "-x/shop", "acme/sh op"]
)
def test_what_is_no_repository_is_refused(name):
    with pytest.raises(CannotReview, match="say OWNER/NAME"):
        connect(name)


@pytest.mark.parametrize("using", ["github-app", "github-app/", "secret/x", "\x1b[31m/x"])
def test_what_is_no_block_of_ours_is_refused(using):
    with pytest.raises(CannotReview, match="say github-app/NAME or github-token/NAME") as refused:
        connect("acme/shop", using)
    assert str(refused.value).isprintable()
