"""Whether somebody may write is asked where their word depends on it, and of nobody else."""

from __future__ import annotations

import pytest

from tasks.core.forge.markers import finding_mark
from tasks.core.forge.writes import Event, InlineComment, PostReview
from tasks.forge.read import MOST_ASKERS
from tasks.forge.write import perform
from tests.tasks.forge.scene import scene_of


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


LEVELS = {"olga": "admin", "grace": "write", "tim": "read", "mallory": "none"}


def asked(scene) -> list[str]:
    """Return of whom GitHub was asked what they may do."""
    calls = (call.split("/") for call in scene.calls if "/collaborators/" in call)
    return [parts[-2] for parts in calls]


def test_nobody_is_asked_about_where_nothing_depends_on_it(scene):
    scene.hub.comment(scene.pull, "grace", "please /review dismiss it")
    assert scene.read().writers == frozenset()
    assert asked(scene) == []


def test_who_may_write_is_who_github_says_may_whoever_speaks_and_however_often(scene):
    scene.pull.repo.permissions |= LEVELS
    for login in (*LEVELS, "stranger", "grace"):
        scene.hub.comment(scene.pull, login, "/review dismiss 01234567")

    assert scene.read().writers == {"olga", "grace"}
    assert asked(scene) == [*LEVELS, "stranger"]


def test_of_who_resolves_our_thread_it_is_asked_as_well(scene):
    comments = (InlineComment("new.py", 4, f"{finding_mark('f' * 16, '', scene.head)}\n\nx", "f"),)
    review = PostReview(scene.head, Event.COMMENT, "a review", comments)
    perform(scene.connection, scene.read().context, review)
    scene.hub.resolve(scene.pull.threads[0], "grace")

    assert scene.read().writers == {"grace"}
    assert asked(scene) == ["grace"]


def test_a_crowd_is_not_asked_about_to_its_end(scene):
    scene.pull.repo.permissions["late"] = "write"
    crowd = [f"stranger-{number}" for number in range(MOST_ASKERS)]
    for login in (*crowd, "late"):
        scene.hub.comment(scene.pull, login, "/review dismiss 01234567")

    assert scene.read().writers == frozenset()
    assert asked(scene) == crowd


@pytest.mark.parametrize("how", ["403", "404"])
def test_of_whom_github_says_nothing_may_not_write(scene, how):
    scene.hub.comment(scene.pull, "grace", "/review dismiss 01234567")
    scene.hub.fault("GET", "collaborators", how=how, times=9)

    assert scene.read().writers == frozenset()


def test_who_may_write_is_asked_again_where_github_is_out_for_a_moment(scene):
    scene.hub.comment(scene.pull, "grace", "/review dismiss 01234567")
    scene.hub.fault("GET", "collaborators", how="502")

    assert scene.read().writers == {"grace"}
