"""What is held against GitHub's own description, and what comes of it."""

from __future__ import annotations

import time

import pytest

from tests.fake_github import descriptions
from tests.fake_github.operations import OPERATIONS
from tests.fake_github.validation import Validator, official

COMMENTS = "/repos/acme/shop/issues/3/comments"
REVIEWS = "/repos/acme/shop/pulls/3/reviews"
LINES = "/repos/acme/shop/pulls/3/comments"
CHECKS = "/repos/acme/shop/check-runs"
NOW = "2026-01-02T03:04:05Z"
COMMENT = {
    "id": 5,
    "node_id": "IC_x",
    "url": "https://api.example/1",
    "html_url": "https://example/1",
    "issue_url": "https://api.example/2",
    "user": None,
    "body": "Hello",
    "created_at": NOW,
    "updated_at": NOW,
}
LINE = {
    "url": "https://api.example/3",
    "pull_request_review_id": 7,
    "id": 6,
    "node_id": "PRRC_x",
    "diff_hunk": "@@ -1 +1 @@",
    "path": "a.py",
    "commit_id": "a" * 40,
    "original_commit_id": "a" * 40,
    "user": None,
    "body": "Hello",
    "created_at": NOW,
    "updated_at": NOW,
    "html_url": "https://example/3",
    "pull_request_url": "https://api.example/4",
    "author_association": "NONE",
    "_links": {
        name: {"href": "https://api.example/5"} for name in ("self", "html", "pull_request")
    },
    "line": 3,
    "side": "RIGHT",
}
NOT_FOUND = {"message": "Not Found", "documentation_url": "https://docs.example", "status": "404"}
REFUSED = {"message": "Unprocessable Entity", "documentation_url": "x", "status": "422"}
CHECK = {"name": "review", "head_sha": "a" * 40, "output": {"title": "t", "summary": "s"}}


@pytest.fixture(scope="module")
def validator() -> Validator:
    found = official()
    if found is None:
        pytest.skip("GitHub's description is not here and cannot be fetched")
    return found


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "answer"),
    [
        ("GET", COMMENTS, {}, None, 200, []),
        ("GET", COMMENTS, {"per_page": "100", "page": "2"}, None, 200, [COMMENT, COMMENT]),
        ("POST", COMMENTS, {}, {"body": "Hello"}, 201, COMMENT),
        ("DELETE", "/repos/acme/shop/issues/comments/5", {}, None, 204, None),
        ("GET", LINES, {}, None, 200, [LINE]),
        ("POST", REVIEWS, {}, {"body": "x"}, 422, REFUSED | {"errors": ["Body can't be blank"]}),
        ("POST", REVIEWS, {}, {"body": "x"}, 404, NOT_FOUND),
        ("POST", REVIEWS, {}, {"body": "x"}, 401, {"message": "Bad credentials"}),
        ("POST", REVIEWS, {}, {"body": "x"}, 429, {"message": "slow down"}),
        ("POST", REVIEWS, {}, {"body": "x"}, 502, None),
        ("POST", CHECKS, {}, CHECK, 500, {"anything": 1}),
        ("GET", COMMENTS, {}, None, 304, None),
    ],
)
def test_what_github_does_is_no_violation(validator, method, path, query, body, status, answer):
    assert validator.check(method, path, query, body, status, answer) == []


def test_an_outdated_comment_has_no_line_whatever_the_description_says(validator):
    outdated = LINE | {"line": None, "position": None}
    assert validator.check("GET", LINES, {}, None, 200, [outdated]) == []
    (wrong,) = validator.check("GET", LINES, {}, None, 200, [LINE | {"path": None}])
    assert "$[0].path: None is not of type 'string'" in wrong


def without(value: dict, name: str) -> dict:
    return {key: inner for key, inner in value.items() if key != name}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (None, "request: $: None is not of type 'object'"),
        ({}, "'body' is a required property"),
        ({"body": 3}, "$.body: 3 is not "),
        ({"body": "x", "draft": True}, "('draft' was unexpected)"),
    ],
)
def test_a_request_is_what_is_described_and_nothing_more(validator, body, what):
    (wrong,) = validator.check("POST", COMMENTS, {}, body, 201, COMMENT)
    assert wrong.startswith("POST /repos/{owner}/{repo}/issues/{issue_number}/comments: request:")
    assert what in wrong


@pytest.mark.parametrize(
    ("comment", "what"),
    [
        ({"body": "x"}, "$.comments[0]: 'path' is a required property"),
        ({"path": "a", "body": "x", "lines": 3}, "('lines' was unexpected)"),
        ({"path": "a", "body": "x", "line": "3"}, "$.comments[0].line: '3' is not of type"),
    ],
)
def test_comments_inside_of_a_review_are_looked_at_too(validator, comment, what):
    (wrong,) = validator.check("POST", REVIEWS, {}, {"comments": [comment]}, 502, None)
    assert what in wrong


def test_more_than_fifty_annotations_are_one_too_many(validator):
    one = {
        "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
    }  # fmt: skip

    def output(count: int) -> dict:
        return CHECK | {"output": {"title": "t", "summary": "s", "annotations": [one] * count}}

    assert validator.check("POST", CHECKS, {}, output(50), 502, None) == []
    (wrong,) = validator.check("POST", CHECKS, {}, output(51), 502, None)
    assert "$.output.annotations" in wrong


@pytest.mark.parametrize(
    ("status", "answer", "what"),
    [
        (201, without(COMMENT, "updated_at"), "'updated_at' is a required property"),
        (201, COMMENT | {"number": 3}, "('number' was unexpected)"),
        (201, COMMENT | {"id": "5"}, "$.id: '5' is not of type 'integer'"),
        (201, COMMENT | {"created_at": "yesterday"}, "$.created_at: 'yesterday' is not"),
        (201, COMMENT | {"html_url": "here"}, "$.html_url: 'here' is not a 'uri'"),
        (201, COMMENT | {"user": {"login": "ada"}}, "$.user: "),
        (201, None, "answer 201: $: None is not of type 'object'"),
        (200, COMMENT, "answer 200: not documented"),
        (418, COMMENT, "answer 418: not documented"),
        (422, {"message": 3}, "answer 422: $"),
        (404, ["Not Found"], "answer 404: $"),
    ],
)
def test_an_answer_that_github_would_not_give_is_a_violation(validator, status, answer, what):
    wrong = validator.check("POST", COMMENTS, {}, {"body": "x"}, status, answer)
    assert wrong
    assert any(what in one for one in wrong), wrong


def test_nothing_is_answered_where_nothing_is_described(validator):
    (wrong,) = validator.check(
        "DELETE", "/repos/acme/shop/issues/comments/5", {}, None, 204, COMMENT
    )
    assert wrong.endswith("answer 204: has a body, and none is documented")


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ({"per_page": "many"}, "query: per_page: 'many' is not of type 'integer'"),
        ({"pages": "2"}, "query: unknown parameter 'pages'"),
    ],
)
def test_a_query_is_what_is_described(validator, query, what):
    (wrong,) = validator.check("GET", COMMENTS, query, None, 200, [])
    assert wrong.endswith(what)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/repos/acme/shop/stargazers"), ("PUT", COMMENTS), ("GET", f"/api/v3{COMMENTS}")],
)
def test_an_operation_that_is_not_described_is_a_violation(validator, method, path):
    (wrong,) = validator.check(method, path, {}, None, 200, [])
    assert wrong.startswith(f"{method} {path}: no such operation")


def test_a_number_in_a_path_is_a_number(validator):
    (wrong,) = validator.check("GET", COMMENTS.replace("3", "three"), {}, None, 200, [])
    assert "path: issue_number: 'three' is not of type 'integer'" in wrong


def test_another_version_of_the_api_is_a_violation(validator):
    asked = {"X-GitHub-Api-Version": "2026-03-10"}
    (wrong,) = validator.check("GET", COMMENTS, {}, None, 200, [], asked)
    assert "version 2026-03-10" in wrong
    asked = {"x-github-api-version": "2022-11-28"}
    assert validator.check("GET", COMMENTS, {}, None, 200, [], asked) == []


def test_every_operation_of_the_table_is_githubs(validator):
    known = descriptions.rest()["paths"]
    for operation in OPERATIONS:
        method, path = operation.split()
        assert method.lower() in known[path]


def test_it_is_fast_enough_to_look_at_everything(validator):
    answer = [LINE] * 25
    begun = time.perf_counter()
    for _ in range(20):
        validator.check("GET", LINES, {}, None, 200, answer)
    assert (time.perf_counter() - begun) / 20 < 0.1  # a tenth of that on a quiet machine
