"""Who may do what, with which token."""

from __future__ import annotations

import time

import jwt
import pytest
from github import Auth, GithubIntegration

from tests.tasks.forge.fake_github.conftest import SHOP, keys

COMMENT, CHECK, STATUS, REVIEW = "comment", "check", "status", "review"
FORBIDDEN = "Resource not accessible by personal access token"
READ_ONLY = "Resource not accessible by integration"
ONLY_APPS = "You must authenticate via a GitHub App."


def attempt(shop, token, what):
    head = shop.pull.head_sha
    url, body = {
        COMMENT: ("/issues/1/comments", {"body": "hello"}),
        CHECK: ("/check-runs", {"name": "review", "head_sha": head}),
        STATUS: (f"/statuses/{head}", {"state": "success"}),
        REVIEW: ("/pulls/1/reviews", {"event": "COMMENT", "body": "hello"}),
    }[what]
    answer = shop.api(token).post(url, json=body)
    return answer.json().get("message", "") if answer.status_code == 403 else answer.status_code


WRITES = {"checks": "write", "statuses": "write", "pull_requests": "write"}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda hub: hub.actions_token(SHOP), (201, 201, 201, 200)),
        (lambda hub: hub.actions_token(SHOP, read_only=True), (READ_ONLY,) * 4),
        (lambda hub: hub.token("ci-bot"), (201, ONLY_APPS, 201, 200)),
        (lambda hub: hub.token("eve"), (201, ONLY_APPS, FORBIDDEN, 200)),
        (lambda hub: hub.token("ci-bot", scopes=()), (FORBIDDEN, ONLY_APPS, FORBIDDEN, FORBIDDEN)),
        (lambda hub: hub.token("ci-bot", permissions=WRITES), (201, FORBIDDEN, 201, 200)),
        (lambda hub: hub.token("ci-bot", permissions={}), (FORBIDDEN,) * 4),
    ],
)
def test_every_sort_of_token_may_do_what_it_may_do_on_github(shop, make, said):
    token = make(shop.hub)
    assert tuple(attempt(shop, token, what) for what in (COMMENT, CHECK, STATUS, REVIEW)) == said
    assert shop.api(token).get("/pulls/1").status_code == 200


@pytest.mark.parametrize(
    ("headers", "message"),
    [({}, "Requires authentication"), ({"Authorization": "Bearer no"}, "Bad credentials")],
)
def test_nobody_and_strangers_are_told_so(shop, headers, message):
    answer = shop.api().get("/pulls/1", headers={"Authorization": "", **headers})
    assert (answer.status_code, answer.json()["message"]) == (401, message)


def test_a_private_repository_is_not_there_for_others(shop):
    shop.pull.repo.private = True
    assert shop.api(shop.hub.token("eve")).get("/pulls/1").status_code == 404
    assert shop.api(shop.hub.token("ada", scopes=())).get("/pulls/1").status_code == 404
    assert shop.api(shop.hub.actions_token("acme/other")).get("/pulls/1").status_code == 404
    assert shop.api(shop.hub.token("ada")).get("/pulls/1").status_code == 200
    blind = shop.hub.token("ada", permissions={"issues": "read"})
    assert shop.api(blind).get("/pulls/1").status_code == 403


def test_an_app_gets_tokens_for_a_repository_it_is_installed_on(shop):
    auth = Auth.AppAuth(7, shop.app(permissions={"checks": "write", "pull_requests": "write"}))
    integration = GithubIntegration(
        auth=auth,
        base_url=shop.hub.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    assert integration.get_app().slug == "reviewer"
    installation = integration.get_repo_installation("acme", "shop")
    assert integration.get_app_installation(installation.id).app_id == 7
    token = integration.get_access_token(installation.id)
    assert len(token.token) > 255
    assert [attempt(shop, token.token, what) for what in (CHECK, STATUS)] == [201, READ_ONLY]
    assert shop.pull.repo.check_runs[0].app.id == 7
    narrow = integration.get_access_token(installation.id, permissions={"checks": "read"})
    assert attempt(shop, narrow.token, CHECK) == READ_ONLY


def test_an_apps_token_grows_old(shop):
    shop.app()
    app = shop.hub.apps[7]
    token = shop.hub.installation_token(app, app.installed_on[SHOP]).token
    assert attempt(shop, token, CHECK) == 201
    shop.hub.pass_time(shop.hub.token_lifetime)
    assert attempt(shop, token, CHECK) == 401


@pytest.mark.parametrize(
    ("claims", "algorithm", "status"),
    [
        ({}, "RS256", 200),
        ({"exp": 700}, "RS256", 401),
        ({"exp": -1}, "RS256", 401),
        ({"iss": "8"}, "RS256", 401),
        ({}, "HS256", 401),
    ],
)
def test_a_json_web_token_must_be_short_lived_and_signed_by_the_app(
    shop, claims, algorithm, status
):
    key = shop.app() if algorithm == "RS256" else "x" * 32
    token = jwt.encode(now({"exp": 500, "iss": "7", **claims}), key, algorithm=algorithm)
    assert shop.api(token).get(f"{shop.hub.api_url}/app").status_code == status


def test_a_json_web_token_of_another_key_is_refused(shop):
    shop.app()
    stranger, _ = keys(1)
    token = jwt.encode(now({"exp": 500, "iss": "7"}), stranger, algorithm="RS256")
    answer = shop.api(token).get(f"{shop.hub.api_url}/app")
    assert answer.json()["message"] == "A JSON web token could not be decoded"


def now(claims):
    at = int(time.time())
    return claims | {"iat": at - 30, "exp": at + claims["exp"]}


def test_an_app_that_is_not_installed_has_no_installation(shop):
    key = shop.app(installed_on=[])
    api = shop.api(jwt.encode(now({"exp": 500, "iss": "7"}), key, algorithm="RS256"))
    assert api.get("/installation").status_code == 404
    assert api.get("/pulls/1").status_code == 401


def test_actions_may_not_approve(shop):
    sent = {"event": "APPROVE", "body": "fine"}
    answer = shop.api(shop.hub.actions_token(SHOP)).post("/pulls/1/reviews", json=sent)
    assert "not permitted to approve" in answer.json()["errors"][0]
