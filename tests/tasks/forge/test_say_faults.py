"""Each fault at each write of a first and of a later review: one of everything at the end."""

from __future__ import annotations

import pytest

from tasks.core.forge.markers import is_summary
from tests.tasks.forge.exactly_once import (
    AFTER,
    FIRST,
    assert_said,
    ours,
    push,
    say_after,
    say_first,
)
from tests.tasks.forge.scene import scene_of


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo, timeout=2)
    with made.connection:
        yield made


FAULTS = [
    ("502", "before"),
    ("502", "after"),
    ("500", "before"),
    ("drop", "before"),
    ("drop", "after"),
    ("truncate", "after"),
    ("slow", "after"),
    ("401", "before"),
    ("422", "before"),
    ("rate_secondary_403", "before"),
    ("rate_secondary_429", "before"),
]
FIRST_WRITES = [
    ("POST", r"/check-runs$"),
    ("POST", r"/reviews$"),
    ("POST", r"/issues/1/comments$"),
    ("PATCH", r"/check-runs/\d+$"),
]
LATER_WRITES = [
    ("POST", r"/check-runs$"),
    ("POST", r"/reviews$"),
    ("POST", r"graphql$"),
    ("PATCH", r"/issues/comments/\d+$"),
    ("PATCH", r"/check-runs/\d+$"),
]


def fault(scene, method, path, how, when):
    contains = "mutation" if "graphql" in path else ""
    retry_after = 7 if how.startswith("rate_secondary") else None
    return scene.hub.fault(
        method, path, how=how, when=when, seconds=3, retry_after=retry_after, contains=contains
    )


@pytest.mark.slow
@pytest.mark.parametrize(("how", "when"), FAULTS)
@pytest.mark.parametrize(("method", "path"), FIRST_WRITES)
def test_a_fault_in_a_first_review_ends_with_one_of_everything(scene, method, path, how, when):
    made = fault(scene, method, path, how, when)
    say_first(scene)

    assert made.times == 0
    assert_said(scene, FIRST)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "when"), FAULTS)
@pytest.mark.parametrize(("method", "path"), LATER_WRITES)
def test_a_fault_in_a_later_review_ends_with_one_of_everything(scene, method, path, how, when):
    say_first(scene)
    push(scene)
    made = fault(scene, method, path, how, when)
    say_after(scene)

    assert made.times == 0
    assert_said(scene, AFTER, heads=2)


@pytest.mark.parametrize(("method", "path"), FIRST_WRITES)
def test_what_is_forbidden_once_is_said_by_the_next_run(scene, method, path):
    made = fault(scene, method, path, "403", "before")
    say_first(scene)
    assert made.times == 0
    assert len(ours(scene.pull.reviews)) <= 1

    say_first(scene)
    assert len(ours(scene.pull.reviews)) == 1
    assert len([c for c in scene.pull.comments if is_summary(c.body)]) == 1
    assert len(scene.pull.repo.check_runs) == 1
