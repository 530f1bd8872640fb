"""What GitHub says of open pull requests: which head has a verdict of ours, and which has none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from graphql import parse

from tasks.core.forge.markers import check_id
from tasks.errors import CannotReview
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
    return open_pulls(scene.connection, SHOP, CHECK, since)


def say(scene, **facts):
    """Have a check run on the head, as an App makes one."""
    asked = {"name": CHECK, "head_sha": scene.head, "external_id": check_id(1, scene.head)}
    scene.connection.rest_call("POST", f"/repos/{SHOP}/check-runs", asked | facts)


DONE = {"status": "completed", "conclusion": "failure"}


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
    ],
    ids=["ours", "not done", "not ours", "of another", "of another name"],
)
def test_only_a_check_run_of_ours_that_is_done_is_an_answer(scene, facts, answered):
    say(scene, **facts)
    assert looked(scene)[0].answered is answered


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
