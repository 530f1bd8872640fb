"""``review list``, ``show``, ``pause``, ``resume``, ``cancel``, ``retry`` as a user runs them."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Failed, Running

from deployments.command import CHANGES, STATES
from deployments.server import Server
from flows.pr_review import review_pull_request
from tasks.core.state import WorkflowStatus

BROKEN = '"""A module."""\n\nanswer = halve({})\n'
HOSTILE = "\x1b[31mshop\x1b[0m\nfake  completed"


@pytest.fixture
def reviewed(project, review):
    """The id of a review that has ended: it failed for one error."""
    project.commit({"README": "A project.\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"a.py": BROKEN.format(uuid4().int)})
    assert review("pr", "--skip", "test_coverage", "--quiet").returncode == 1
    (newest, *_) = listed(review, "--repository", "project", "--limit", "1")
    return newest["workflow_id"]


def listed(review, *arguments):
    done = review("list", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def at_work(data, review):
    """Make a run on a pull request, which nobody executes, in a state; returns its repository."""

    def make(state, *, deployed=True, name=""):
        name = name or f"acme/shop-{uuid4().hex[:8]}"
        parameters = {"repository": name, "number": 7}

        async def asking():
            async with get_client() as client:
                flow = await client.create_flow(review_pull_request)
                if deployed:
                    where = await client.create_deployment(flow, uuid4().hex)
                    run = await client.create_flow_run_from_deployment(where, parameters=parameters)
                else:
                    run = await client.create_flow_run(review_pull_request, parameters=parameters)
                await client.set_flow_run_state(run.id, state, force=True)

        assert review("server", "start").returncode == 0
        with temporary_settings({PREFECT_API_URL: Server(data).url}):
            asyncio.run(asking())
        return name

    return make


@pytest.mark.parametrize("what", ["list", "show", *CHANGES])
def test_without_a_server_it_says_so_and_starts_none(review, tmp_path, what):
    given = () if what == "list" else ("acme/shop#1",)
    home = tmp_path / "home"
    done = review(what, *given, REVIEW_HOME=str(home))

    assert done.returncode == 2
    assert done.stderr == (
        f"review: no Prefect server runs in {home}; `review server start` starts one of ours\n"
    )
    assert not home.exists()


def test_a_server_that_was_given_and_is_not_there_is_named(review):
    done = review("list", PREFECT_API_URL="http://127.0.0.1:9/api")

    assert done.returncode == 2
    assert "PREFECT_API_URL=http://127.0.0.1:9/api" in done.stderr


def test_where_there_are_none_it_says_so(review):
    review("server", "start")
    done = review("list", "--repository", "acme/nothing")

    assert (done.returncode, done.stdout) == (0, "no such reviews\n")
    assert listed(review, "--repository", "acme/nothing") == []


def test_the_list_is_a_line_a_review_and_plain_where_it_is_piped(review, reviewed):
    done = review("list", "--repository", "project", "--limit", "1")
    header, line = done.stdout.splitlines()

    assert header.split() == ["id", "review", "priority", "state", "steps", "since", "why"]
    assert line.startswith(f"{reviewed[:8]}  project@")
    assert "completed" in line
    assert "failed: 1 error" in line
    assert "\x1b" not in done.stdout


def test_json_has_the_state_of_the_review_and_what_the_server_says_beside(review, reviewed):
    (found,) = listed(review, "--state", "completed", "--repository", "project", "--limit", "1")

    assert found["workflow_id"] == reviewed
    assert (found["status"], found["prefect_state"], found["progress"]) == (
        "completed",
        "Completed",
        1.0,
    )
    failed = listed(review, "--state", "failed", "--repository", "project")
    assert reviewed not in [one["workflow_id"] for one in failed]  # other tests leave theirs here


def test_a_review_is_shown_with_its_states_its_steps_and_its_verdict(review, reviewed):
    done = review("show", reviewed[:12])

    assert done.returncode == 0, done.stderr
    assert f"id:       {reviewed}\n" in done.stdout
    assert "verdict:  failed: 1 error" in done.stdout
    assert f"/runs/flow-run/{reviewed}" in done.stdout
    assert "in_progress  Running" in done.stdout
    assert "completed    Completed" in done.stdout
    assert "final_review" in done.stdout

    whole = json.loads(review("show", reviewed, "--format", "json").stdout)
    assert [state["status"] for state in whole["states"]][-2:] == ["in_progress", "completed"]
    assert {step["name"] for step in whole["steps"]} >= {"code_quality", "final_review"}
    answers = {step["name"]: step["answer"] for step in whole["steps"]}
    assert (answers["code_quality"], answers["final_review"]) == ("1 finding", "clean")


def test_a_review_is_paused_resumed_cancelled_and_tried_again(review, at_work):
    pull = f"{at_work(Running())}#7"
    said = {what: review(what, pull) for what in ("pause", "resume", "cancel", "retry")}

    assert {what: done.stderr for what, done in said.items()} == dict.fromkeys(said, "")
    assert {what: done.stdout for what, done in said.items()} == {
        "pause": f"{pull}: in_progress, now paused\n",
        "resume": f"{pull}: paused, now pending\n",
        "cancel": f"{pull}: pending, now cancelled\n",
        "retry": f"{pull}: cancelled, now retrying\n",
    }
    done = review("show", pull)
    assert "paused on the command line" in done.stdout
    assert "tried again on the command line" in done.stdout


def test_a_review_at_work_that_is_cancelled_is_said_to_be_ended(review, at_work):
    done = review("cancel", f"{at_work(Running())}#7")

    assert done.stdout.endswith("in_progress, now in_progress; whoever runs it is told to end it\n")


@pytest.mark.parametrize(
    ("what", "state", "why"),
    [
        ("pause", Running(), "Cannot suspend flows without a deployment."),
        ("resume", Running(), "Cannot resume a flow run that is not paused."),
        ("cancel", Failed(), "Run is already in terminal state FAILED."),
        ("retry", Failed(), "Cannot reschedule a run without an associated deployment."),
    ],
    ids=list(CHANGES),
)
def test_what_cannot_be_done_is_one_line_with_the_servers_reason(review, at_work, what, state, why):
    pull = f"{at_work(state, deployed=False)}#7"
    done = review(what, pull)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"review: {pull} is ")
    assert done.stderr.endswith(f": {why}\n")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["list", "--state", "resting"], "invalid choice: 'resting'"),
        (["list", "--limit", "0"], "'0' is no number from 1 on"),
        (["show"], "required: RUN"),
        (["show", "acme/nothing#1"], "is of acme/nothing#1"),
        (["show", "--", "-x"], "is no review"),
    ],
)
def test_a_wrong_question_is_one_line_and_exit_code_2(review, arguments, why):
    review("server", "start")
    done = review(*arguments)

    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_names_of_strangers_are_shown_and_not_obeyed(review, at_work):
    at_work(Running(), name=HOSTILE)
    shown = review("list", "--repository", HOSTILE).stdout

    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 2
    assert "\\x1b[31mshop" in shown


def test_on_a_terminal_the_states_have_a_colour(reviewed, on_terminal):
    status, said = on_terminal("list", "--repository", "project", COLUMNS="160")

    assert status == 0, said
    assert b"\x1b[32mcompleted\x1b[0m" in said


def test_every_state_can_be_asked_for_by_the_word_that_is_shown():
    assert list(STATES) == [*WorkflowStatus]
