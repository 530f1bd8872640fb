"""What is read of a pull request, by whom, and in how many requests."""

from __future__ import annotations

import pytest

from tasks.core.context import PullState
from tasks.core.forge.address import Address
from tasks.core.forge.writes import (
    CheckOutput,
    CreateCheck,
    Event,
    InlineComment,
    PostReview,
    PostSummary,
    SetStatus,
)
from tasks.errors import CannotReview
from tasks.forge.account import TokenAccount
from tasks.forge.connection import Connection
from tasks.forge.read import read
from tasks.forge.write import perform
from tests.tasks.forge.scene import BOT, CHECK, SHOP, scene_of


def as_other(hub, token):
    return Connection(TokenAccount(Address.of(hub.api_url), token), SHOP)


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


def test_a_quiet_pull_request_is_one_request(scene):
    seen = scene.read()

    assert [call for call in scene.calls if "graphql" in call] == ["POST /api/graphql"]
    assert len(scene.calls) == 3  # two for the App's token
    assert seen.me == BOT
    assert (seen.threads, seen.remarks, seen.reviews, seen.checks) == ((), (), (), ())


def test_its_facts_are_those_of_github(scene):
    scene.pull.labels += ["priority: critical"]
    about = scene.read().context

    assert (about.repository, about.pr_number, about.title) == (SHOP, 1, "Better lines")
    assert (about.author, about.bot, about.labels) == ("ada", False, ("priority: critical",))
    assert (about.base_branch, about.head_branch) == ("main", "feature")
    assert about.head_sha == scene.head
    assert about.base_sha == scene.repo.git("rev-parse", "main")
    assert (about.state, about.draft, about.fork) == (PullState.OPEN, False, False)


def test_what_we_wrote_is_ours_and_what_others_wrote_is_not(scene):
    context = scene.read().context
    comments = (
        InlineComment("new.py", 4, "four", "f4"),
        InlineComment("new.py", 9, "nine", "f9", start_line=7),
    )
    perform(scene.connection, context, PostReview(scene.head, Event.COMMENT, "a review", comments))
    perform(scene.connection, context, PostSummary("a summary"))
    scene.hub.comment(scene.pull, "grace", "hello")
    scene.hub.reply(scene.pull.threads[0], "ada", "no")
    scene.hub.resolve(scene.pull.threads[0], "grace")

    seen = scene.read()

    assert [(r.body, r.author, r.ours) for r in seen.remarks] == [
        ("a summary", BOT, True),
        ("hello", "grace", False),
    ]
    first, second = seen.threads
    assert (first.path, first.line) == ("new.py", 4)
    assert (first.resolved, first.resolved_by) == (True, "grace")
    assert [(r.body, r.author, r.ours) for r in first.remarks] == [
        ("four", BOT, True),
        ("no", "ada", False),
    ]
    assert (second.line, second.resolved, second.resolved_by) == (9, False, "")
    ours = next(review for review in seen.reviews if review.ours)
    assert (ours.body, ours.head, ours.state) == ("a review", scene.head, "COMMENTED")
    assert all(remark.number for thread in seen.threads for remark in thread.remarks)


def test_an_outdated_line_is_none_and_a_gone_account_is_a_ghost(scene):
    perform(
        scene.connection,
        scene.read().context,
        PostReview(scene.head, Event.COMMENT, "x", (InlineComment("new.py", 4, "four", "f4"),)),
    )
    scene.hub.comment(scene.pull, "mallory", "I was here")
    scene.hub.delete_account("mallory")
    scene.push(new_py="all is new\n")

    seen = scene.read()

    assert [thread.line for thread in seen.threads] == [0]
    assert [remark.author for remark in seen.remarks] == ["ghost"]
    assert seen.context.head_sha == scene.head


def test_long_lists_are_read_to_their_end_and_in_order(scene):
    lines = [("new.py", 1 + n % 40, f"remark {n}") for n in range(120)]
    for start in range(0, 120, 40):
        scene.hub.review(scene.pull, "grace", f"part {start}", comments=lines[start : start + 40])
    for number in range(130):
        scene.hub.comment(scene.pull, "grace", f"comment {number}")
        scene.hub.reply(scene.pull.threads[3], "ada", f"answer {number}")

    seen = scene.read()

    assert [t.remarks[0].body for t in seen.threads] == [text for _, _, text in lines]
    assert [r.body for r in seen.remarks] == [f"comment {number}" for number in range(130)]
    assert len(seen.threads[3].remarks) == 131
    assert seen.threads[3].remarks[-1].body == "answer 129"
    numbers = [review.number for review in seen.reviews]
    assert len(numbers) == 3 + 130  # each answer makes a review of its own
    assert numbers == sorted(numbers)


def test_a_bot_that_is_an_author_has_its_full_name(scene):
    scene.hub.pull(SHOP, 1).author = scene.hub.account("dependabot[bot]")
    about = scene.read().context

    assert (about.author, about.bot) == ("dependabot[bot]", True)


def test_checks_are_ours_by_app_and_name_and_all_of_them(scene):
    context = scene.read().context
    for external in ("one", "two"):
        check = CreateCheck(
            scene.head, CHECK, external, "in_progress", CheckOutput("looking", "soon")
        )
        perform(scene.connection, context, check)
    perform(
        scene.connection,
        context,
        CreateCheck(scene.head, "lint", "x", "queued", CheckOutput("another", "name")),
    )
    theirs = CreateCheck(scene.head, CHECK, "one", "queued", CheckOutput("theirs", "soon"))
    with as_other(scene.hub, scene.hub.actions_token(SHOP)) as actions:
        perform(actions, context, theirs)

    seen = scene.read()

    assert [(c.external_id, c.status, c.title) for c in seen.checks] == [
        ("one", "in_progress", "looking"),
        ("two", "in_progress", "looking"),
    ]


def test_checks_of_an_older_head_can_be_asked_for(scene):
    old = scene.head
    context = scene.read().context
    perform(
        scene.connection, context, CreateCheck(old, CHECK, "old", "queued", CheckOutput("t", "s"))
    )
    new = scene.push(more_py="more\n")

    assert scene.read().checks == ()
    seen = scene.read(head=old)
    assert [(check.external_id, check.head) for check in seen.checks] == [("old", old)]
    assert seen.context.head_sha == new


def test_statuses_are_read(scene):
    status = SetStatus(scene.head, CHECK, "pending", "looking", "https://example.org/run")
    perform(scene.connection, scene.read().context, status)

    (seen,) = scene.read().statuses
    assert (seen.context, seen.state, seen.description) == (CHECK, "pending", "looking")


@pytest.mark.parametrize("permissions", [{"pull_requests": "write", "statuses": "write"}])
def test_who_may_not_see_checks_sees_the_rest(github, repo, permissions):
    scene = scene_of(github, repo)
    context = scene.read().context
    check = CreateCheck(scene.head, CHECK, "one", "queued", CheckOutput("t", "s"))
    perform(scene.connection, context, check)
    token = github.token("grace", permissions=permissions)
    with as_other(github, token) as connection:
        seen = read(connection, SHOP, 1, check=CHECK)

    assert seen.me == "grace"
    assert seen.checks == ()
    assert seen.context.head_sha == scene.head


@pytest.mark.parametrize(
    ("repository", "number", "said"),
    [(SHOP, 99, "no such pull request"), ("acme/none", 1, "no repository acme/none")],
)
def test_what_is_not_there_is_said_with_what_a_token_may_lack(scene, repository, number, said):
    with pytest.raises(CannotReview, match=f"{said}.*review connect check"):
        read(scene.connection, repository, number, check=CHECK)


def test_the_policy_of_the_base_is_read_with_it_and_that_of_the_head_is_not(scene):
    scene.push(**{".review.yaml": "fail_on: never\n"})
    assert scene.read().settings == ""

    scene.repo.git("checkout", "-q", "main")
    scene.repo.commit({".review.yaml": "fail_on: critical\n"})
    assert scene.read().settings == "fail_on: critical\n"
