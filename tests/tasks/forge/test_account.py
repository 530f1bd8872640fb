"""A GitHub App's tokens: found, made once, renewed, and never shown."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tasks.core.forge.address import Address
from tasks.errors import CannotReview
from tasks.forge.account import AppAccount, app_account
from tasks.forge.connection import Connection
from tasks.forge.errors import BadCredentials, Gone, RateLimited
from tests.tasks.forge.wire import SHOP, pem

INSTALLATION = f"GET /repos/{SHOP}/installation"


def calls(github):
    return [f"{call.method} {call.path}" for call in github.calls]


def look(connection):
    return connection.read("reading", lambda: connection.rest.get_repo(SHOP).default_branch)


def test_one_review_finds_the_installation_and_makes_a_token_once(github, app, by_app):
    assert look(by_app) == "main"
    assert look(by_app) == "main"
    by_app.graphql("{ viewer { login } }", {})

    installed = app.installed_on[SHOP]
    tokens = f"POST /app/installations/{installed}/access_tokens"
    assert calls(github) == [
        INSTALLATION,
        tokens,
        f"GET /repos/{SHOP}",
        f"GET /repos/{SHOP}",
        "POST /api/graphql",
    ]


def test_all_connections_of_a_process_share_them(github, app, app_key):
    address = Address.of(github.api_url)
    accounts = [app_account(address, "7", pem(app_key), SHOP, timeout=5) for _ in range(2)]

    for account in accounts:
        with Connection(account, SHOP) as connection:
            look(connection)

    assert calls(github).count(INSTALLATION) == 1
    assert app_account(address, "7", pem(app_key), "acme/other", timeout=5) is not accounts[0]


def test_many_threads_at_once_make_one_token(github, installed):
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: installed.token(), range(16)))

    assert len(tokens) == 1
    assert len(calls(github)) == 2


def test_a_token_that_is_about_to_end_is_replaced_before(github, by_app):
    github.token_lifetime = 10
    first = by_app.token()

    assert by_app.token() != first
    assert calls(github).count(INSTALLATION) == 1


def test_a_token_that_was_revoked_is_replaced_and_the_request_sent_again(github, by_app):
    first = by_app.token()
    del github.callers[first]

    assert look(by_app) == "main"
    assert by_app.token() != first


def test_an_app_that_was_installed_again_goes_on(github, app, by_app):
    github.token_lifetime = 10
    look(by_app)
    app.installed_on[SHOP] += 50_000

    assert look(by_app) == "main"


def test_a_token_whose_making_failed_once_does_not_cost_the_write(github, repo, by_app):
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": ""})
    pull = github.open_pull(SHOP, head="feature", base="main")
    for how in ("502", "drop", "truncate"):
        github.fault("POST", "access_tokens", how=how, when="after")
    issue = by_app.rest.get_repo(SHOP).get_issue(pull.number)

    by_app.write("commenting", lambda: issue.create_comment("Hello"))

    assert [comment.body for comment in pull.comments] == ["Hello"]


def test_a_long_limit_on_making_tokens_is_said(github, by_app):
    github.fault("POST", "access_tokens", how="rate_secondary_403", retry_after=600)

    with pytest.raises(RateLimited, match="10 min"):
        look(by_app)


def test_an_app_that_is_not_installed_is_said_to_be_so(github, app, by_app):
    app.installed_on.clear()

    with pytest.raises(
        Gone, match=r"getting a token for acme/shop: .* whether the App is installed"
    ):
        look(by_app)


def test_the_key_of_another_app_is_not_believed(github, app):
    other = rsa.generate_private_key(65537, 2048)
    account = AppAccount(Address.of(github.api_url), "7", pem(other), SHOP, timeout=5)

    with Connection(account, SHOP) as connection, pytest.raises(BadCredentials, match="JSON web"):
        look(connection)


@pytest.mark.parametrize("bad", [pem(ec.generate_private_key(ec.SECP256R1())), "no key"])
def test_a_key_of_no_use_is_found_out_at_once_and_not_shown(github, bad):
    with pytest.raises(CannotReview, match="private key of GitHub App 7 cannot be used") as refused:
        AppAccount(Address.of(github.api_url), "7", bad, SHOP, timeout=5)

    assert bad not in str(refused.value)
    assert refused.value.__context__ is None


def test_neither_token_nor_key_nor_their_signature_is_in_a_log(installed, app_key, caplog):
    for name in ("github", "github.Requester", "urllib3", "requests", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.DEBUG)

    with Connection(installed, SHOP) as connection:
        look(connection)
        connection.graphql("{ viewer { login } }", {})
        token = connection.token()

    assert "access_tokens ==> 201" in caplog.text
    assert token not in caplog.text
    assert "eyJ" not in caplog.text  # how every JSON web token begins
    assert pem(app_key).splitlines()[1] not in caplog.text
    assert token not in repr(vars(installed)) + repr(vars(connection))
