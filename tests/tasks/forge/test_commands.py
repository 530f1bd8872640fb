"""Who may give orders, receipts, and answers: on GitHub once, however often it is tried."""

from __future__ import annotations

import pytest

from tasks.core.forge.address import Address
from tasks.core.forge.markers import answered
from tasks.core.inbound.answers import help_answer
from tasks.core.inbound.wishes import Obey, Subject, Verb
from tasks.forge.account import TokenAccount
from tasks.forge.commands import answer_once, may_order, react
from tasks.forge.connection import Connection
from tasks.forge.errors import Gone, Unreachable

SHOP = "acme/shop"


@pytest.fixture
def pull(github, repo, tmp_path, monkeypatch):
    monkeypatch.setenv("REVIEW_HOME", str(tmp_path / "home"))
    repo.commit({"a.py": ""})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "a = 1\n"})
    people = {"ada": "write", "grace": "admin", "eve": "read", "ci-bot": "write"}
    github.add_repository(SHOP, repo.folder, permissions=people)
    return github.open_pull(SHOP, head="feature")


@pytest.fixture
def hub(github, pull):
    """A connection in the name of a bot."""
    account = TokenAccount(Address.of(github.api_url), github.token("ci-bot"))
    with Connection(account, SHOP, timeout=5) as connection:
        yield connection


def order(comment, verb=Verb.HELP, *, in_thread=False):
    return Obey(Subject(SHOP, 1), comment.id, "ada", verb, in_thread=in_thread)


@pytest.mark.parametrize(
    ("login", "may"),
    [
        ("eve", False),
        ("nobody-there", False),
        ("renovate[bot]", False),
        ("a/../b", False),
        ("ada", True),
        ("Grace", True),
    ],
)
def test_orders_are_given_by_who_may_write(hub, github, login, may):
    github.account("renovate[bot]", "Bot")
    github.account("grace")
    assert may_order(hub, login) is may


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_reaction_is_there_once(hub, github, pull, in_thread):
    if in_thread:
        github.review(pull, "ada", comments=[("a.py", 1, "/review dismiss")])
        comment = pull.threads[0].comments[0]
    else:
        comment = github.comment(pull, "ada", "/review")
    for content in ("eyes", "eyes", "rocket"):
        react(hub, order(comment, in_thread=in_thread), content)
    assert [one.content for one in comment.reactions] == ["eyes", "rocket"]


def test_a_comment_that_was_deleted_is_gone(hub, github, pull):
    comment = github.comment(pull, "ada", "/review")
    pull.comments.clear()
    with pytest.raises(Gone):
        react(hub, order(comment), "eyes")


def test_where_we_may_not_react_we_do_without(hub, github, pull):
    comment = github.comment(pull, "ada", "/review")
    github.fault("POST", "reactions", how="403")
    react(hub, order(comment), "eyes")
    assert comment.reactions == []


def test_a_reaction_whose_answer_was_lost_is_to_be_done_again(hub, github, pull):
    comment = github.comment(pull, "ada", "/review")
    github.fault("POST", "reactions", how="drop", when="after")
    with pytest.raises(Unreachable):
        react(hub, order(comment), "eyes")
    react(hub, order(comment), "eyes")
    assert len(comment.reactions) == 1


def answers(pull):
    return [answered(comment.body) for comment in pull.comments if answered(comment.body)]


def test_each_comment_gets_its_own_answer_once(hub, github, pull):
    for comment in [github.comment(pull, "ada", "/review help") for _ in range(2)]:
        for new in (True, False):
            assert answer_once(hub, order(comment), help_answer(comment.id)) is new
    assert len(set(answers(pull))) == len(answers(pull)) == 2


def test_an_answer_whose_answer_was_lost_is_looked_for_first(hub, github, pull):
    comment = github.comment(pull, "ada", "/review help")
    github.fault("POST", "comments", how="drop", when="after")
    with pytest.raises(Unreachable):
        answer_once(hub, order(comment), help_answer(comment.id))
    assert not answer_once(hub, order(comment), help_answer(comment.id))
    assert answers(pull) == [str(comment.id)]


def test_an_answer_is_found_among_hundreds_of_comments(hub, github, pull):
    comment = github.comment(pull, "ada", "/review help")
    for number in range(205):
        github.comment(pull, "eve", f"{number}")
    answer_once(hub, order(comment), help_answer(comment.id))
    assert not answer_once(hub, order(comment), help_answer(comment.id))


def test_an_order_in_a_thread_is_answered_too(hub, github, pull):
    github.review(pull, "ada", comments=[("a.py", 1, "/review what")])
    comment = pull.threads[0].comments[0]
    assert answer_once(hub, order(comment, in_thread=True), help_answer(comment.id))
    assert answers(pull) == [str(comment.id)]
