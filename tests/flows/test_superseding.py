"""Several runs on one pull request, and runs that are ended: one review, and nothing left over."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from prefect import get_client
from prefect.states import Cancelling

from flows.pr_review import SUPERSEDED
from tasks.core.policy import ReviewPolicy
from tests.flows.shop import BROKEN, Heard, alive, end, wait_until

SLOW = """\
import os
import pathlib
import time


def test_slow():
    pathlib.Path({mark!r}).write_text(str(os.getpid()))
    time.sleep(120)
"""
"""A test that says which process it is, and takes longer than anybody waits."""

OURS = {"tests": {"sandbox": "none"}}


@pytest.fixture
def slow(shop):
    """Open the pull request with a test that goes on and on; return where that says its pid."""
    mark = shop.folder / "pid"
    shop.open({**BROKEN, "tests/test_slow.py": SLOW.format(mark=str(mark))})
    (shop.folder / "policy.yaml").write_text(json.dumps(OURS))
    return mark


@pytest.fixture
def older(shop, slow):
    """A review in another process, whose tools are at work."""
    process = shop.process("--policy", "policy.yaml", "--only", "test_coverage", "--no-cache")
    wait_until(lambda: (slow.exists() and slow.read_text()) or process.poll() is not None, 60)
    assert process.poll() is None, process.communicate()
    yield process
    end(process)


def quickly(shop, **how):
    return shop.review(policy=ReviewPolicy.model_validate(OURS), **how)


@pytest.mark.parametrize("force", [False, True])
def test_a_push_while_it_reviews_leaves_nothing_of_the_old_head(shop, force):
    pull = shop.open()
    old, heads = pull.head_sha, []

    def push():
        if force:
            shop.project.git("reset", "-q", "--hard", "main")
        heads.append(shop.push(BROKEN | {"more.py": '"""More."""\n'}))

    state = shop.review(Heard(push))

    (new,) = heads
    assert state.name == SUPERSEDED
    assert state.is_cancelled()
    assert new[:7] in state.message
    assert (pull.comments, pull.reviews) == ([], [])
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.check(old).output["title"] == f"Superseded by {new[:7]}"

    assert shop.review().name == "Completed"
    assert shop.said_once(new)
    assert shop.conclusion(new) == ("completed", "failure")
    assert len(shop.checks) == 2


@pytest.mark.parametrize("force", [False, True])
def test_a_newer_run_ends_the_older_one_and_its_tools_in_another_process(
    shop, slow, older, force
):
    old = shop.pull.head_sha
    if force:
        shop.project.git("reset", "-q", "--hard", "main")
    new = shop.push(BROKEN | {"more.py": '"""More."""\n'})

    assert quickly(shop).name == "Completed"
    out, err = older.communicate(timeout=20)

    assert not alive(int(slow.read_text()))
    assert older.returncode == 0, (out, err)
    assert f"superseded by {new[:7]}" in err.lower()
    assert "mistake of ours" not in err
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.check(old).output["title"] == f"Superseded by {new[:7]}"
    assert shop.said_once(new)
    assert [review.commit_id for review in shop.pull.reviews] == [new]


def test_a_run_of_an_old_head_ends_itself_if_the_newer_one_was_first(shop):
    pull = shop.open()
    old = pull.head_sha
    pull.held = True  # GitHub lags behind, for the second run
    states = []

    def meanwhile():
        pull.held = False
        shop.push()
        states.append(asyncio.run(_in_a_thread(shop)))

    state = shop.review(Heard(meanwhile))
    assert states[0].name == "Completed"
    assert state.name == SUPERSEDED
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.said_once(pull.head_sha)


async def _in_a_thread(shop):
    states = []
    thread = threading.Thread(target=lambda: states.append(shop.review()))
    thread.start()
    thread.join()
    return states[0]


def test_two_runs_of_the_same_head_at_once_say_it_once(shop):
    head = shop.open().head_sha
    processes = [shop.process("--only", "code_quality") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in processes]

    assert [process.returncode for process in processes] == [1, 1], ends
    assert shop.said_once(head)
    assert shop.conclusion() == ("completed", "failure")


def test_a_person_who_cancels_it_ends_the_work_and_the_check_says_so(shop, slow, older):
    async def cancel():
        async with get_client() as client:
            runs = await client.read_flow_runs()
            (run,) = [run for run in runs if f"{shop.name}#1" in run.tags]
            await client.set_flow_run_state(run.id, Cancelling(message="not today"))
            return run.id

    run = asyncio.run(cancel())
    assert wait_until(lambda: not alive(int(slow.read_text())), 10) < 5
    out, err = older.communicate(timeout=20)

    assert older.returncode == 2, (out, err)
    assert "not today" in err
    assert "mistake of ours" not in err
    assert shop.conclusion() == ("completed", "action_required")
    assert "not today" in shop.check().output["title"]
    assert (shop.pull.comments, shop.pull.reviews) == ([], [])

    async def state():
        async with get_client() as client:
            return (await client.read_flow_run(run)).state

    assert asyncio.run(state()).name == "Cancelled"
