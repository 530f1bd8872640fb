"""What GitHub answers in part, or in pages: all of it is read, or nothing is."""

from __future__ import annotations

import pytest

from tasks.core.forge.writes import (
    CheckOutput,
    CreateCheck,
)
from tasks.errors import CannotReview
from tasks.forge.errors import NotAllowed, Unreachable
from tasks.forge.write import perform
from tests.fake_github import graphql
from tests.fake_github.routing import Answer
from tests.fake_github.state import CheckRun, CheckSuite
from tests.tasks.forge.scene import CHECK, scene_of


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


@pytest.mark.parametrize("text", ["a\0b", "#" * 600_000], ids=["binary", "long"])
def test_a_policy_that_is_no_text_is_refused(scene, text):
    scene.repo.git("checkout", "-q", "main")
    scene.repo.commit({".review.yaml": text})
    with pytest.raises(CannotReview, match=r"main:\.review\.yaml is no text"):
        scene.read()


def test_a_branch_that_looks_like_an_option_is_refused(scene):
    scene.pull.base_ref = "--upload-pack=evil"
    with pytest.raises(CannotReview, match="looks like an option"):
        scene.read()


def test_a_server_without_graphql_is_told_from_a_silent_one(scene):
    scene.hub.fault("POST", "graphql", how="404")
    with pytest.raises(CannotReview, match="check the name"):
        scene.read()


def changed_answer(scene, change):
    """Let GitHub answer the next question with something changed."""

    def how(call):
        scene.hub.faults.clear()
        caller = scene.hub.caller(scene.connection.token())
        answer = graphql.answer(scene.hub, caller, call.body["query"], call.body["variables"])
        change(answer)
        return Answer(200, answer)

    scene.hub.fault("POST", "graphql", how=how)


def lacking(*path, kind="", message="Something went wrong"):
    def change(answer):
        place = answer["data"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = None
        answer["errors"] = [{"type": kind, "message": message, "path": list(path)}]

    return change


@pytest.mark.parametrize(
    ("kind", "error"), [("", Unreachable), ("NOT_FOUND", Unreachable), ("FORBIDDEN", NotAllowed)]
)
def test_half_an_answer_is_none_or_we_would_say_things_twice(scene, kind, error):
    changed_answer(scene, lacking("repository", "pullRequest", "reviewThreads", kind=kind))
    with pytest.raises(error, match="Something went wrong"):
        scene.read()


def test_what_is_forbidden_and_not_needed_is_done_without(scene):
    path = ("repository", "pullRequest", "headRepository")
    changed_answer(scene, lacking(*path, kind="FORBIDDEN"))
    seen = scene.read()
    assert seen.context.head_repository == ""
    assert seen.context.fork


def test_who_sees_no_suites_at_all_has_no_checks(scene):
    def change(answer):
        commits = answer["data"]["repository"]["pullRequest"]["commits"]
        commits["nodes"][0]["commit"]["checkSuites"] = None

    changed_answer(scene, change)
    assert scene.read().checks == ()


def test_checks_of_a_push_that_the_list_of_commits_lags_behind_are_asked_for(scene):
    head = scene.head
    context = scene.read().context
    check = CreateCheck(head, CHECK, "new", "queued", CheckOutput("t", "s"))
    perform(scene.connection, context, check)

    def lag(answer):
        commit = answer["data"]["repository"]["pullRequest"]["commits"]["nodes"][0]["commit"]
        commit["oid"], commit["checkSuites"]["nodes"] = "0" * 40, []

    changed_answer(scene, lag)
    assert [check.external_id for check in scene.read().checks] == ["new"]


def test_checks_are_known_where_the_base_has_all_the_commits_by_now(scene):
    context = scene.read().context
    check = CreateCheck(scene.head, CHECK, "ours", "queued", CheckOutput("t", "s"))
    perform(scene.connection, context, check)
    scene.repo.git("branch", "release", "feature")
    scene.pull.base_ref = "release"

    assert [check.external_id for check in scene.read().checks] == ["ours"]


def test_suites_are_read_to_their_end(scene):
    context = scene.read().context
    repo = scene.pull.repo
    hub = scene.hub
    for _ in range(12):  # each run of a workflow has a suite of its own
        suite = CheckSuite(hub.next_id(), hub.actions_app, scene.head, hub.now())
        suite.runs.append(CheckRun(hub.next_id(), suite, CHECK, scene.head))
        repo.check_suites.append(suite)
    check = CreateCheck(scene.head, CHECK, "ours", "queued", CheckOutput("t", "s"))
    perform(scene.connection, context, check)

    assert [check.external_id for check in scene.read().checks] == ["ours"]


@pytest.mark.parametrize("gone", [True, False])
def test_a_list_without_an_end_is_given_up(scene, gone):
    def endless(answer):
        pull = answer["data"]["repository"]["pullRequest"]
        pull["comments"]["pageInfo"] = {"hasNextPage": True, "endCursor": "again"}

    def how(call):
        caller = scene.hub.caller(scene.connection.token())
        answer = {"data": {"repository": {"pullRequest": None if gone else {"comments": PAGE}}}}
        if "MoreRemarks" not in call.body["query"]:
            answer = graphql.answer(scene.hub, caller, call.body["query"], call.body["variables"])
            endless(answer)
        return Answer(200, answer)

    scene.hub.fault("POST", "graphql", how=how, times=999)
    with pytest.raises(Unreachable, match="was missing" if gone else "more than 100 pages"):
        scene.read()


PAGE = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "again"}}
