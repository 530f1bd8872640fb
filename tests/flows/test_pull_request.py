"""Which pull requests are reviewed, by which policy, and in whose name it is said."""

from __future__ import annotations

import pytest

from flows.endings import NOT_REVIEWED
from tasks.core.policy import ReviewPolicy
from tasks.errors import CannotReview
from tests.flows.shop import BASE, BROKEN, DOCSTRING, Heard, error_of

MANY = {
    "app.py": DOCSTRING + "".join(f"\nimport {name}" for name in ("ast", "cgi", "csv", "dis", "os"))
}
"""Five warnings."""


@pytest.mark.parametrize(
    ("how", "policy", "setting"),
    [
        ({"draft": True}, {}, "pull_requests.drafts"),
        ({"author": "hubot[bot]"}, {"bots": False}, "pull_requests.bots"),
        ({"labels": ["No-Review"]}, {}, "pull_requests.ignore_labels"),
        ({"title": "WIP: things"}, {"ignore_titles": ("wip*",)}, "pull_requests.ignore_titles"),
        ({}, {"ignore_authors": ("ada",)}, "pull_requests.ignore_authors"),
        ({}, {"bases": ("release/*",)}, "pull_requests.bases"),
        ({}, {"paths": ("docs/*",)}, "pull_requests.paths"),
    ],
)
def test_what_the_policy_ignores_is_not_reviewed_and_the_check_says_which_setting(
    shop, how, policy, setting
):
    pull = shop.open(**how)
    heard = Heard()

    state = shop.review(heard, policy=ReviewPolicy(pull_requests=policy))

    assert state.name == NOT_REVIEWED
    assert setting in state.message
    assert shop.conclusion() == ("completed", "skipped")
    assert setting in shop.check().output["title"]
    assert [setting in why for why in heard.reasons] == [True]
    assert (pull.comments, pull.reviews, heard.verdicts) == ([], [], [])


def test_a_draft_made_ready_is_reviewed_and_its_head_gets_its_real_conclusion(shop):
    pull = shop.open(draft=True)
    assert shop.review().name == NOT_REVIEWED

    pull.draft = False
    assert shop.review().name == "Completed"

    head = pull.head_sha
    assert shop.said_once(head)
    assert shop.checks[-1] == (head, "completed", "failure")


def test_the_policy_of_the_base_branch_is_followed_and_the_heads_own_is_not(shop):
    theirs = "fail_on: never\nsay:\n  inline: 0\n"
    ours = "fail_on: warning\nsay:\n  inline: 3\n  check: our review\n"
    pull = shop.open({**MANY, ".review.yaml": theirs}, {**BASE, ".review.yaml": ours})

    shop.review()

    (review,) = pull.reviews
    assert len(review.comments) == 3
    (summary,) = pull.comments
    assert summary.body.count("a head has one review, of at most 3 comments") == 2
    assert [run.name for run in pull.repo.check_runs] == ["our review"]
    assert shop.conclusion() == ("completed", "failure")


def test_a_policy_that_cannot_be_followed_fails_the_check_and_names_file_and_line(shop):
    pull = shop.open(base={**BASE, ".review.yaml": "fail_on: error\nsay:\n  inlin: 3\n"})

    state = shop.review()

    error = error_of(state)
    assert isinstance(error, CannotReview)
    assert "main:.review.yaml:3" in str(error)
    assert shop.conclusion() == ("completed", "action_required")
    assert "main:.review.yaml:3" in shop.check().output["title"]
    assert (pull.comments, pull.reviews) == ([], [])


def test_the_operators_policy_and_threshold_come_before_the_repositorys(shop):
    shop.open(base={**BASE, ".review.yaml": "fail_on: error\nsay:\n  check: theirs\n"})

    shop.review(fail_on="never")
    assert (shop.check().name, shop.check().conclusion) == ("theirs", "success")

    shop.review(policy=ReviewPolicy(say={"check": "ours"}, fail_on="critical"))
    assert [(run.name, run.conclusion) for run in shop.pull.repo.check_runs] == [
        ("theirs", "success"),
        ("ours", "success"),
    ]


def test_a_personal_token_sets_a_commit_status_in_place_of_a_check(shop):
    pull = shop.open()

    state = shop.review(token=shop.github.token("ci-bot"))

    assert state.name == "Completed"
    assert shop.said_once(pull.head_sha)
    assert pull.repo.check_runs == []
    assert [(s.context, s.state) for s in pull.repo.statuses][-1] == ("review", "failure")
    assert pull.reviews[0].state == "CHANGES_REQUESTED"

    writes = len([call for call in shop.github.writes if call.took_effect])
    shop.review(token=shop.github.token("ci-bot"))
    assert len([call for call in shop.github.writes if call.took_effect]) == writes


def test_on_our_own_pull_request_we_comment(shop):
    pull = shop.open(author="ci-bot")

    shop.review(token=shop.github.token("ci-bot"))

    assert shop.said_once(pull.head_sha)
    assert pull.reviews[0].state == "COMMENTED"


def test_without_publish_everything_is_read_and_nothing_is_written(shop):
    shop.open()
    heard = Heard()

    state = shop.review(heard, publish=False)

    assert state.name == "Completed"
    assert [verdict.answer.value for verdict in heard.verdicts] == ["failed"]
    assert shop.github.writes == []


@pytest.mark.parametrize(("login", "kept"), [("ada", True), ("eve", False)])
def test_what_a_writer_dismisses_for_ever_stays_away_in_the_next_pull_request(shop, login, kept):
    first = shop.open()
    shop.github.repositories[shop.name].permissions["eve"] = "read"  # a member, and no writer
    shop.review()
    shop.github.reply(first.threads[0], login, "/review dismiss --always it is meant so")
    shop.review()
    assert shop.conclusion()[1] == ("success" if kept else "failure")

    shop.project.git("checkout", "-q", "-b", "another", "main")
    shop.project.commit(BROKEN | {"more.py": '"""More."""\n'})
    shop.pull = shop.github.open_pull(shop.name, head="another", title="Again")
    shop.review()

    assert [len(shop.pull.threads), shop.conclusion()[1]] == (
        [0, "success"] if kept else [1, "failure"]
    )
    assert ("it is meant so" in shop.pull.comments[0].body) is kept
