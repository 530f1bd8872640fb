"""What GitHub says of open pull requests: which head has a verdict of ours, and which has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from graphql import parse

from tasks.core.forge.markers import check_id
from tasks.errors import CannotReview
from tasks.forge.conditional import Allowance
from tasks.forge.open_pulls import OPEN, open_pulls
from tests.fake_github.graphql import schema
from tests.fake_github.graphql_cost import Measure
from tests.tasks.forge.scene import CHECK, SHOP, scene_of

EVER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


def looked(scene, since=EVER):
    return open_pulls(scene.connection, SHOP, CHECK, since, Allowance())


def say(scene, **facts):
    """Have a check run on the head, as an App makes one."""
    asked = {"name": CHECK, "head_sha": scene.head, "external_id": check_id(1, scene.head)}
    scene.connection.rest_call("POST", f"/repos/{SHOP}/check-runs", asked | facts)


DONE = {"status": "completed", "conclusion": "failure"}


def skipped(why):
    """A check run that says why nothing is reviewed."""
    told = {"title": f"Not reviewed: {why}", "summary": why}
    return DONE | {"conclusion": "skipped", "output": told}


NO_LABEL = "a label matches `no-review` (pull_requests.ignore_labels)"


def test_a_repository_without_an_open_one_has_nothing_to_sweep(scene):
    scene.pull.state = "closed"
    assert looked(scene) == ()


def test_one_that_nobody_has_answered_is_seen_as_it_is(scene):
    (pull,) = looked(scene)
    assert (pull.repository, pull.number, pull.head) == (SHOP, 1, scene.head)
    assert (pull.draft, pull.answered) == (False, False)
    assert pull.updated.isoformat().startswith(scene.pull.updated_at[:19])


@pytest.mark.parametrize(
    ("facts", "answered"),
    [
        (DONE, True),
        ({"status": "in_progress"}, False),
        (DONE | {"external_id": "somebody-elses"}, False),
        (DONE | {"external_id": check_id(2, "a" * 40)}, False),
        (DONE | {"name": "build"}, False),
        (DONE | {"conclusion": "neutral"}, False),
        (skipped(NO_LABEL), True),
        (skipped("it is a draft (pull_requests.drafts)"), False),
        (skipped("the pull request is closed"), False),
    ],
    ids=[
        "ours", "not done", "not ours", "of another", "of another name", "superseded",
        "not wanted", "was a draft", "was closed",
    ],
)  # fmt: skip
def test_only_a_check_run_of_ours_that_is_done_is_an_answer(scene, facts, answered):
    say(scene, **facts)
    assert looked(scene)[0].answered is answered


def test_a_draft_that_was_skipped_as_one_has_its_answer(scene):
    scene.pull.draft = True
    say(scene, **skipped("it is a draft (pull_requests.drafts)"))
    assert looked(scene)[0].answered


def test_what_was_said_of_an_older_head_is_no_answer(scene):
    say(scene, **DONE)
    scene.push(more_py="")
    assert not looked(scene)[0].answered


@pytest.mark.parametrize(("state", "answered"), [("success", True), ("pending", False)])
def test_a_status_is_an_answer_where_there_are_no_check_runs(github, repo, state, answered):
    scene = scene_of(github, repo, using="person")
    with scene.connection as connection:
        place = f"/repos/{SHOP}/statuses/{scene.head}"
        connection.rest_call("POST", place, {"context": CHECK, "state": state})
        assert looked(scene)[0].answered is answered


def test_an_answer_says_what_is_left_of_the_hour(scene):
    scene.hub.limits.an_hour = 10
    allowance = Allowance()
    open_pulls(scene.connection, SHOP, CHECK, EVER, allowance)
    assert not allowance.is_spent
    scene.hub.meters["prefect-review[bot] graphql"].used = 9
    open_pulls(scene.connection, SHOP, CHECK, EVER, allowance)
    assert allowance.is_spent


def test_there_may_be_more_than_one_page_the_newest_first(scene):
    for number in range(60):
        scene.repo.git("branch", f"b{number}", "feature")
        scene.hub.open_pull(SHOP, head=f"b{number}")
    scene.pull.updated_at = "2020-01-01T00:00:00Z"
    assert {pull.number for pull in looked(scene)} == set(range(1, 62))
    young = looked(scene, datetime.now(UTC) - timedelta(days=1))
    assert {pull.number for pull in young} == set(range(2, 62))


def test_the_rest_is_not_asked_for_when_it_is_too_old(scene):
    for number in range(60):
        scene.repo.git("branch", f"b{number}", "feature")
        scene.hub.open_pull(SHOP, head=f"b{number}").updated_at = "2020-01-01T00:00:00Z"
    assert [p.number for p in looked(scene, datetime.now(UTC) - timedelta(days=1))] == [1]
    assert scene.calls.count("POST /api/graphql") == 1


def test_a_repository_that_is_not_there_is_said_to_be_so(scene):
    scene.connection.account.token()
    scene.hub.repositories.pop(SHOP)
    with pytest.raises(CannotReview, match="shows this token no such repository"):
        looked(scene)


def test_a_page_costs_a_few_points(scene):
    assert Measure(schema(), parse(OPEN), {}).cost <= 6
