"""What GraphQL changes, and for whom."""

from __future__ import annotations

import pytest

from tasks.forge import documents
from tests.fake_github import graphql

RESOLVE = """mutation($t: ID!) { resolveReviewThread(input: {threadId: $t, clientMutationId: "m"}) {
    clientMutationId thread { isResolved resolvedBy { login } viewerCanUnresolve } } }"""


def test_who_resolved_is_told_of_people_and_not_of_apps(place):
    place.review("mel", 3)
    id_ = place.pull.threads[0].node_id
    resolved = place.data(RESOLVE, t=id_)["resolveReviewThread"]
    assert resolved == {
        "clientMutationId": "m",
        "thread": {"isResolved": True, "resolvedBy": {"login": "mel"}, "viewerCanUnresolve": True},
    }
    document = """mutation($t: ID!) {
        unresolveReviewThread(input: {threadId: $t}) { thread { isResolved } } }"""
    assert place.data(document, t=id_) == {
        "unresolveReviewThread": {"thread": {"isResolved": False}}
    }
    by_app = place.data(RESOLVE, place.app(), t=id_)["resolveReviewThread"]["thread"]
    assert (by_app["isResolved"], by_app["resolvedBy"]) == (True, None)


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("stranger", "eve does not have the correct permissions to execute `ResolveReviewThread`"),
        ("fork", "Resource not accessible by integration"),
        ("app without contents", "Resource not accessible by integration"),
        ("fine-grained", "Resource not accessible by personal access token"),
        ("no scope", graphql.graphql_mutations.NO_SCOPE),
    ],
)
def test_who_may_not_resolve_is_told_and_nothing_changes(place, who, message):
    place.review("mel", 3)
    token = {
        "stranger": lambda: place.hub.token("eve"),
        "fork": lambda: place.actions(read_only=True),
        "app without contents": lambda: place.app(pull_requests="write", contents="read"),
        "fine-grained": lambda: place.hub.token("mel", permissions={"pull_requests": "read"}),
        "no scope": lambda: place.hub.token("mel", scopes=()),
    }[who]()
    answer = place.ask(RESOLVE, token, t=place.pull.threads[0].node_id)
    assert answer["data"] == {"resolveReviewThread": None}
    assert answer["errors"][0]["message"] == message
    assert answer["errors"][0]["path"] == ["resolveReviewThread"]
    assert not place.pull.threads[0].resolved


def test_the_author_of_the_pull_request_may_resolve(place):
    place.review("mel", 3)
    assert place.data(RESOLVE, place.hub.token("ada"), t=place.pull.threads[0].node_id)


def test_our_mutation_settles_many_threads_in_order(place):
    review = place.review("mel", 3, 5)
    threads = place.pull.threads
    document, variables = documents.settling(
        [
            documents.Settle(thread.node_id, comment.node_id, f"Fixed {comment.id}")
            for thread, comment in zip(threads, review.comments, strict=True)
        ]
    )
    answer = place.data(document, **variables)
    assert list(answer) == ["say0", "resolve0", "say1", "resolve1"]
    assert all(thread.resolved for thread in threads)
    assert [one.body for one in review.comments] == [f"Fixed {one.id}" for one in review.comments]


def test_one_refused_mutation_does_not_stop_those_after_it(place):
    review = place.review("mel", 3, 5)
    first, second = place.pull.threads
    document, variables = documents.settling(
        [
            documents.Settle("PRRT_absent", review.comments[0].node_id, "Fixed"),
            documents.Settle(second.node_id, review.comments[1].node_id, "Fixed"),
        ]
    )
    answer = place.ask(document, **variables)
    assert answer["data"]["resolve0"] is None
    assert [error["type"] for error in answer["errors"]] == ["NOT_FOUND"]
    assert (first.resolved, second.resolved) == (False, True)


EDIT = """mutation($i: ID!, $b: String!) { updateIssueComment(input: {id: $i, body: $b}) {
    issueComment { body updatedAt } } }"""


def test_a_comment_is_edited_by_its_author(place):
    comment = place.hub.comment(place.pull, "mel", "Hello")
    assert place.data(EDIT, i=comment.node_id, b="Bye")["updateIssueComment"]
    assert comment.body == "Bye"


@pytest.mark.parametrize(
    ("login", "body", "type_"),
    [
        ("eve", "Bye", "FORBIDDEN"),
        ("mel", " ", "UNPROCESSABLE"),
        ("mel", "x" * 65_537, "UNPROCESSABLE"),
    ],
)
def test_an_edit_that_is_refused_changes_nothing(place, login, body, type_):
    comment = place.hub.comment(place.pull, "mel", "Hello")
    answer = place.ask(EDIT, place.hub.token(login), i=comment.node_id, b=body)
    assert answer["data"] == {"updateIssueComment": None}
    assert answer["errors"][0]["type"] == type_
    assert comment.body == "Hello"


def test_a_thing_of_another_kind_is_not_found(place):
    comment = place.hub.comment(place.pull, "mel", "Hello")
    answer = place.ask(RESOLVE, t=comment.node_id)
    assert answer["errors"][0]["type"] == "NOT_FOUND"


def test_a_comment_is_hidden_and_shown_again(place):
    comment = place.hub.comment(place.pull, "mel", "Hello")
    document = """mutation($i: ID!) {
        minimizeComment(input: {subjectId: $i, classifier: OUTDATED}) {
            minimizedComment { isMinimized minimizedReason } } }"""
    assert place.data(document, i=comment.node_id)["minimizeComment"] == {
        "minimizedComment": {"isMinimized": True, "minimizedReason": "outdated"}
    }
    document = """mutation($i: ID!) {
        unminimizeComment(input: {subjectId: $i}) { unminimizedComment { isMinimized } } }"""
    assert place.data(document, i=comment.node_id)["unminimizeComment"] == {
        "unminimizedComment": {"isMinimized": False}
    }


def test_a_thing_is_found_by_its_id_whatever_it_is(place):
    review = place.review("mel", 3)
    place.hub.comment(place.pull, "eve", "Hello")
    run = place.check("review")
    things = [
        (place.pull.repo, "Repository"),
        (place.pull, "PullRequest"),
        (review, "PullRequestReview"),
        (review.comments[0], "PullRequestReviewComment"),
        (place.pull.threads[0], "PullRequestReviewThread"),
        (place.pull.comments[0], "IssueComment"),
        (run, "CheckRun"),
    ]
    document = "query($i: [ID!]!) { nodes(ids: $i) { __typename id } }"
    ids = [thing.node_id for thing, _ in things]
    assert place.data(document, i=ids)["nodes"] == [
        {"__typename": name, "id": thing.node_id} for thing, name in things
    ]
