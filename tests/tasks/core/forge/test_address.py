"""Where a GitHub is, by the URL of its API."""

from __future__ import annotations

import pytest

from tasks.core.forge.address import GITHUB, Address, AddressError

GITHUBS = [
    (GITHUB, f"{GITHUB}/graphql", "https://github.com"),
    ("https://git.acme.example/api/v3", "https://git.acme.example/api/graphql", "https://git.acme.example"),
    ("https://git.acme.example:8443/api/v3", "https://git.acme.example:8443/api/graphql", "https://git.acme.example:8443"),
    ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql", "https://acme.ghe.com"),
    ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/api/graphql", "http://127.0.0.1:8080"),
    ("http://[::1]:8080/api/v3", "http://[::1]:8080/api/graphql", "http://[::1]:8080"),
    ("http://localhost/api/v3", "http://localhost/api/graphql", "http://localhost"),
]  # fmt: skip


@pytest.mark.parametrize(("api", "graphql", "web"), GITHUBS)
def test_every_githubs_api_says_where_the_rest_is(api, graphql, web):
    assert Address.of(api) == Address(api, graphql, web)
    assert Address.of(f"{api}/", f"{graphql}/") == Address(api, graphql, web)


def test_without_a_url_it_is_github_com():
    assert Address.of() == Address.of("https://API.GitHub.com/")


def test_it_knows_where_git_fetches_and_where_people_look():
    address = Address.of("https://git.acme.example/api/v3")

    assert address.git_url("acme/shop") == "https://git.acme.example/acme/shop.git"
    assert address.pull_url("acme/shop", 7) == "https://git.acme.example/acme/shop/pull/7"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "https://",
        "https://github.com",
        "https://api.github.com/v3",
        "https://git.acme.example",
        "https://git.acme.example/api/v3/repos",
        "https://git.acme.example/api/v3?x=1",
        "https://git.acme.example/api/v3#x",
        "https://git.acme.example:0/api/v3",
        "https://git.acme.example:x/api/v3",
        "https://git acme.example/api/v3",
        "https://git.acme.example\n/api/v3",
        "https://gít.acme.example/api/v3",
        "https://[::1/api/v3",
        "https://api.ghe.com",
        "https://api..ghe.com",
        "https://api.a.b.ghe.com",
        "https://api.acme.ghe.com.evil.example",
        "ftp://git.acme.example/api/v3",
        "file:///api/v3",
    ],
)
def test_anything_else_is_refused_with_what_was_expected(url):
    with pytest.raises(
        AddressError, match=r"expected https://api\.github\.com, https://HOST/api/v3"
    ):
        Address.of(url)


@pytest.mark.parametrize(
    "host", ["api.github.com", "git.acme.example", "10.0.0.1", "127.0.0.1.nip.io"]
)
def test_a_token_is_never_sent_in_clear_over_a_network(host):
    with pytest.raises(AddressError, match="in clear"):
        Address.of(f"http://{host}/api/v3")


def test_a_password_in_the_url_is_refused_and_not_repeated():
    with pytest.raises(AddressError) as refused:
        Address.of("https://ada:" + "hunter" + "2@git.acme.example/api/v3")

    assert "hunter" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_another_graphql_api_than_its_own_is_refused():
    with pytest.raises(AddressError, match=r"is https://api\.github\.com/graphql, not"):
        Address.of(GITHUB, "https://evil.example/graphql")
