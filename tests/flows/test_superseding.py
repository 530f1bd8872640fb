"""Several runs on one pull request, and runs that are ended: one review, and nothing left over."""

from __future__ import annotations

from contextvars import copy_context
from threading import Thread

import pytest

from flows.endings import SUPERSEDED
from tests.flows.shop import BROKEN, SLOW, SLOWLY, Heard, alive, end, wait_until


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
    shop, slow, at_work, force
):
    old = shop.pull.head_sha
    if force:
        shop.project.git("reset", "-q", "--hard", "main")
    new = shop.push(BROKEN | {"more.py": '"""More."""\n'})

    assert shop.review().name == "Completed"
    out, err = at_work.communicate(timeout=20)

    assert not alive(int(slow.read_text()))
    assert at_work.returncode == 0, (out, err)
    assert f"Superseded by {new[:7]}" in out
    assert "mistake of ours" not in err
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.check(old).output["title"] == f"Superseded by {new[:7]}"
    assert shop.said_once(new)
    assert [review.commit_id for review in shop.pull.reviews] == [new]


def test_a_run_that_goes_on_after_a_newer_one_has_spoken_says_nothing(shop):
    pull = shop.open()
    old, states = pull.head_sha, []

    def meanwhile():
        shop.push()
        newer = Thread(target=copy_context().run, args=(lambda: states.append(shop.review()),))
        newer.start()
        newer.join()

    state = shop.review(Heard(meanwhile))

    assert [states[0].name, state.name] == ["Completed", SUPERSEDED]
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.said_once(pull.head_sha)


@pytest.mark.parametrize("force", [False, True])
def test_a_run_with_an_old_view_ends_itself_and_not_the_newer_one_that_is_at_work(
    shop, slow, force
):
    pull = shop.pull
    old = pull.head_sha
    if force:
        shop.project.git("reset", "-q", "--hard", "main")
    more = {"more.py": "", "tests/test_slow.py": SLOW.format(folder=str(shop.folder))}
    shop.push(BROKEN | more)
    newer = shop.process(*SLOWLY)

    def lag(_call):
        pull.held, pull.head_sha = True, old

    def catch_up(_call):
        pull.held = False

    try:
        wait_until(lambda: slow.exists() or newer.poll() is not None, 60)
        shop.github.fault("POST", "graphql", how=lag)
        shop.github.fault("GET", "info/refs", how=catch_up)
        state = shop.review()
        (shop.folder / "go").touch()
        out, err = newer.communicate(timeout=60)
    finally:
        end(newer)

    assert state.name == SUPERSEDED
    assert newer.returncode == 0, (out, err)
    assert "Superseded" not in err
    assert shop.conclusion(old) == ("completed", "neutral")
    assert shop.said_once(pull.head_sha)
    assert shop.conclusion() == ("completed", "success")


def test_two_runs_of_the_same_head_at_once_say_it_once(shop):
    head = shop.open().head_sha
    processes = [shop.process("--only", "code_quality") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in processes]

    assert [process.returncode for process in processes] == [1, 1], ends
    assert shop.said_once(head)
    assert shop.conclusion() == ("completed", "failure")
