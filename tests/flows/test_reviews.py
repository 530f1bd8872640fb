"""Reviews as the server has them: found again, read in our words, moved as it allows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.states import Cancelled, Completed, Crashed, Pending, Running, Scheduled

from flows.change_review import review_change
from flows.pr_review import review_pull_request
from tasks.core.state import WorkflowStatus
from tasks.errors import CannotReview
from tasks.review_state import repository_of, state_of, steps_of, subject_of
from tasks.reviews import FLOWS, find, newest_of, reviews, the_one
from tests.flows.asked import ask, queued
from tests.flows.shop import wait_until

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_run(state=None, **parameters):
    return FlowRun(flow_id=uuid4(), state=state, parameters=parameters, name="a-name", created=NOON)


def a_step(name, state, count=1):
    return TaskRun(name=name, task_key=name, dynamic_key=name, state=state, run_count=count)


def test_a_run_without_a_state_and_steps_is_pending_and_nothing_is_done():
    state = state_of(a_run(), ())

    assert (state.status, state.current_step) == (WorkflowStatus.PENDING, None)
    assert (state.completed_steps, state.total_steps, state.progress) == (0, 0, 0.0)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ("", (1, 2)),
        ("shop@abc: 0 of 6 steps", (1, 6)),
        ("shop@abc: 4 of 6 steps, security_scan the last", (4, 6)),
        ("a: 5 of 5 steps: 0 of 6 steps", (1, 6)),
        ("a: 5 of 5 steps, no_step the last one", (1, 2)),
    ],
)
def test_the_plan_is_as_long_as_its_progress_says_and_never_shorter_than_what_was_begun(
    told, counts
):
    steps = [a_step("code_quality", Completed()), a_step("test_coverage", Running())]
    state = state_of(a_run(Running()), steps, told)

    assert (state.completed_steps, state.total_steps) == counts
    assert state.current_step == "test_coverage"


def test_of_a_step_that_was_begun_again_the_newest_counts_and_every_further_try():
    steps = [
        a_step("code_quality", Completed(), count=3),
        a_step("test_coverage", Crashed()),
        a_step("code_quality", Completed(name="Cached")),
        a_step("test_coverage", Running(), count=2),
    ]
    state = state_of(a_run(Running()), steps)

    assert [one.state.name for one in steps_of(steps)] == ["Cached", "Running"]
    assert (state.completed_steps, state.total_steps, state.retry_count) == (1, 2, 1)


def test_nothing_is_at_work_in_a_review_that_has_ended():
    state = state_of(a_run(Cancelled()), [a_step("test_coverage", Running())])

    assert state.current_step is None


@pytest.mark.parametrize(
    ("parameters", "subject", "repository"),
    [
        ({"repository": "acme/shop", "number": 12}, "acme/shop#12", "acme/shop"),
        ({"repository": "/srv/shop", "name": "shop@main"}, "shop@main", "shop"),
        ({"repository": "/srv/shop", "name": "shop"}, "shop", "shop"),
        ({}, "a-name", "a-name"),
    ],
)
def test_what_a_run_reviews_is_known_before_it_begins(parameters, subject, repository):
    run = a_run(**parameters)

    assert (subject_of(run), repository_of(run)) == (subject, repository)


def test_reviews_are_the_runs_of_both_flows():
    assert set(FLOWS) == {review_pull_request.name, review_change.name}


@pytest.fixture
def reviewed(project):
    """The name of a review that has ended: it failed for one error."""
    name = f"till-{uuid4().hex[:8]}@head"
    project.commit({})
    # what was seen before would be answered from the cache
    project.commit({"a.py": f'"""For {name}."""\n\nanswer = halve(21)\n'})
    asyncio.run(
        review_change(
            name=name,
            repository=str(project.folder),
            base="HEAD~1",
            head="HEAD",
            skip=("test_coverage",),
        )
    )
    return name


def only(repository, **how):
    return ask(lambda client: reviews(client, repository=repository, **{"limit": 9, **how}))


def test_a_review_that_ended_is_found_by_its_repository_with_its_verdict_and_its_steps(reviewed):
    (review,) = only(reviewed.partition("@")[0].upper())

    assert review.name == review.state.review_id == reviewed
    assert review.state.status is WorkflowStatus.COMPLETED
    assert review.state.completed_steps == review.state.total_steps > 2
    assert review.state.progress == 1.0
    assert review.why == review.verdict
    assert review.verdict.startswith("failed: 1 error")


def test_its_steps_reach_the_server_with_what_they_answered(reviewed):
    def recorded():  # from events, a moment later
        (review,) = only(reviewed.partition("@")[0])
        ended = [one.name for one in review.steps if one.state and one.state.is_final()]
        return {"code_quality", "final_review"} <= {*ended} and len(ended) == len(review.steps)

    wait_until(recorded)
    (review,) = only(reviewed.partition("@")[0])
    answers = {one.name: one.state.message for one in review.steps}

    assert answers["code_quality"] == "1 findings"
    assert list(answers)[-1] == "final_review"


def test_what_waits_is_listed_with_why_and_how_urgent_it_is():
    run = queued(Scheduled())
    (review,) = only(repository_of(run))

    assert (review.priority, review.head) == ("high", "")
    assert review.why == "waits for a worker"
    assert only(repository_of(run), words=[WorkflowStatus.FAILED]) == ()
    assert [one.run.id for one in only(repository_of(run), words=[review.state.status])] == [run.id]


def test_what_runs_comes_before_what_waits_and_that_before_what_has_ended():
    runs = queued(Running())
    repository = repository_of(runs)
    others = [queued(state, repository=repository) for state in (Pending(), Crashed(), Running())]
    waits, ended, newer = (run.id for run in others)

    assert [one.run.id for one in only(repository)] == [newer, runs.id, waits, ended]
    assert [one.run.id for one in only(repository, limit=3)] == [newer, runs.id, waits]


def test_a_review_is_found_by_its_id_a_part_of_it_and_its_pull_request():
    run = queued(Pending(), number=12)
    full = str(run.id)

    for text in (full, full.upper(), full[:8], full[:-1]):
        assert ask(lambda client, text=text: find(client, text)).id == run.id
    repository = repository_of(run).upper()
    assert ask(lambda client: newest_of(client, repository, 12)).id == run.id
    with pytest.raises(CannotReview, match="none of the newest 1,000 reviews is of"):
        ask(lambda client: newest_of(client, repository, 13))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no review"),
        ("abc", "4 or more characters"),
        ("shop", "is no review"),
        ("ffffffff", "none of the newest 1,000 reviews"),
        ("00000000-0000-4000-8000-000000000000", "no run has the id"),
    ],
)
def test_what_is_no_review_is_refused(text, why):
    with pytest.raises(CannotReview, match=why):
        ask(lambda client: find(client, text))


def test_a_beginning_that_several_ids_share_is_refused_with_all_it_can_mean():
    runs = [FlowRun(id=UUID(f"abcd000{n}{0:024}"), flow_id=uuid4()) for n in range(4)]

    assert the_one("ABCD0002", [*runs, runs[2]]).id == runs[2].id
    with pytest.raises(CannotReview, match=f"4 reviews have an id .* abcd: .*{runs[2].id}$"):
        the_one("abcd", runs)
