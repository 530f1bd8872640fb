"""What an answer of GitHub becomes."""

from __future__ import annotations

import time

import pytest

from tasks.forge.errors import (
    Ambiguous,
    BadCredentials,
    ForgeError,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
)
from tests.tasks.forge.scripted import Says
from tests.tasks.forge.wire import WRITES, graphql_write

NEXT_YEAR = str(int(time.time()) + 365 * 86400)


def says(status, message, errors=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"message": message} | ({"errors": errors} if errors else {})
    return Says(status, body, named)


INVALID = {"resource": "Status", "field": "sha", "code": "invalid"}
USED_UP = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": NEXT_YEAR}
CHECKS = {"X_Accepted_GitHub_Permissions": "checks=write"}

ANSWERS = [
    (says(403, "Resource not accessible", **CHECKS), NotAllowed, "permission checks=write"),
    (says(403, "No"), NotAllowed, "give the App or token that permission"),
    (says(404, "Not Found"), Gone, "this token may not see it"),
    (says(410, "Gone"), Gone, "this token may not see it"),
    (says(422, "Nope", ["line is not in it"]), Refused, "with 422: line is not in it .Nope"),
    (says(422, "Nope", [INVALID]), Refused, "422: Status sha invalid"),
    (says(422, "Nope", "own pull request"), Refused, "own pull request"),
    (says(422, "Nope", [7]), Refused, "422: 7 "),
    (Says(409, "a proxy's page"), Refused, "refused it with 409"),
    (says(403, "API rate limit exceeded", **USED_UP), RateLimited, "longer than we wait"),
    (says(429, "secondary rate limit", Retry_After="61"), RateLimited, "goes on in 61 s"),
    (says(422, "Nope", ["was submitted too quickly"]), RateLimited, "slow down"),
]


@pytest.mark.parametrize("writes", WRITES)
@pytest.mark.parametrize(("answer", "kind", "text"), ANSWERS)
def test_every_answer_becomes_an_error_by_what_one_can_do(script, wire, writes, answer, kind, text):
    script.says(answer)

    with pytest.raises(ForgeError, match=text) as raised:
        writes(wire)

    assert type(raised.value) is kind
    assert len(script.asked) == 1


@pytest.mark.parametrize("writes", WRITES)
def test_a_token_that_is_not_believed_twice_is_bad(script, wire, writes):
    script.says(says(401, "Bad credentials"), says(401, "Bad credentials"), Says())

    with pytest.raises(BadCredentials, match="does not accept the token"):
        writes(wire)
    assert len(script.asked) == 2


def failing(message, type_="", data=None):
    return {"errors": [{"message": message} | ({"type": type_} if type_ else {})], "data": data}


NULL = {"repository": None}
FAILED = "Something went wrong while executing your query. Please include `1A2B` when reporting"

GRAPHQL = [
    (failing("Could not resolve", "NOT_FOUND", NULL), Gone),
    (failing("No", "FORBIDDEN"), NotAllowed),
    (failing("Resource not accessible by personal access token", "", NULL), NotAllowed),
    (failing("repo", "INSUFFICIENT_SCOPES"), NotAllowed),
    (failing("already resolved", "UNPROCESSABLE", NULL), Refused),
    (failing("Parse error"), Refused),
    ({"errors": ["what?"]}, Refused),
    (failing(FAILED), Ambiguous),
    (failing("API rate limit exceeded", "RATE_LIMITED"), RateLimited),
    (failing("was submitted too quickly", "", NULL), RateLimited),
    ({"data": None}, Ambiguous),
    ({"hello": "from a proxy"}, Ambiguous),
    (["hello"], Ambiguous),
    (failing("who?", "UNAUTHORIZED"), BadCredentials),
]


@pytest.mark.parametrize(("body", "kind"), GRAPHQL)
def test_an_answer_of_graphql_without_data_is_an_error(script, wire, body, kind):
    script.says(Says(200, body), Says(200, body))

    with pytest.raises(ForgeError) as raised:
        graphql_write(wire)
    assert type(raised.value) is kind


def test_an_answer_of_graphql_with_some_data_comes_with_its_errors(script, wire):
    errors = [{"type": "FORBIDDEN", "message": "no checks", "path": ["repository", "checks"]}]
    data = {"viewer": {"login": "ada"}, "repository": None}
    script.says(Says(200, {"data": data, "errors": errors}))

    answer = wire.graphql("{ ... }", {"owner": "acme"})

    assert answer.data["viewer"] == {"login": "ada"}
    (trouble,) = answer.errors
    assert trouble.path == ("repository", "checks")
    assert isinstance(trouble.error("reading"), NotAllowed)
    assert script.asked[0].path == "/api/graphql"
    assert script.asked[0].body == {"query": "{ ... }", "variables": {"owner": "acme"}}
