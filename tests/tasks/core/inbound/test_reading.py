"""Each event that we act on becomes one wish; of everything else it is said why it is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tasks.core.forge.markers import check_id
from tasks.core.inbound.reading import WISHES, wish_of
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    LookAround,
    Obey,
    Reprioritise,
    ReviewAgain,
    ReviewHead,
    Seen,
    Subject,
    Verb,
)
from tasks.core.plan import TaskPriority
from tests.pages import ROOT
from tests.tasks.core.inbound.payloads import (
    ADA,
    BOT,
    HEAD,
    REPOSITORY,
    answer,
    check,
    comment,
    delivery,
    of_suite,
    pull,
    suite,
)

SHOP = Subject("acme/shop", 5)
SEEN = Seen(
    SHOP,
    HEAD,
    datetime(2026, 3, 1, 12, tzinfo=UTC),
    TaskPriority.MEDIUM,
    "as pull_requests.priority says",
)
OURS = check_id(5, HEAD)


def wish(event: str, payload: object):
    return wish_of(delivery(event, payload))


@pytest.mark.parametrize(
    ("event", "payload", "why"),
    [
        ("ping", {"zen": "Keep it logically awesome."}, "pong"),
        ("push", {"ref": "refs/heads/main"}, "push: nothing"),
        ("star", {"action": "created"}, "star created: nothing"),
        ("", {}, "an event without a name: nothing"),
        ("m\u00e4h\n", {"action": 5}, r"m\xe4h\n: nothing"),
        ("x" * 99, {"action": "y" * 99}, f"{'x' * 50} {'y' * 50}: nothing"),
        ("pull_request", pull("edited"), "pull_request edited: nothing"),
        ("pull_request", pull("labeled", state="closed"), "the pull request is closed"),
        ("issue_comment", comment("/review", action="edited"), "issue_comment edited: an order"),
        ("issue_comment", comment("/review", pull_request=None), "on an issue, not on"),
        ("issue_comment", comment("/review", BOT), "a bot wrote"),
        ("issue_comment", comment("/review", ADA | {"login": "x[bot]"}), "a bot wrote"),
        ("issue_comment", comment("/review", None), "is gone"),
        ("issue_comment", comment("looks good"), "orders nothing"),
        ("issue_comment", comment("<!-- prefect-review:summary:1 -->\n\n/review"), "orders"),
        ("pull_request_review_comment", answer("/review", "deleted"), "an order counts when"),
        ("pull_request_review_comment", answer("why?"), "orders nothing"),
        ("check_run", check(OURS, "completed"), "check_run completed: nothing"),
        ("check_run", check(None), "not one of ours"),
        ("check_run", check(""), "not one of ours"),
        ("check_run", check("jenkins/5"), "not one of ours"),
        ("check_run", check(f"jenkins/5/{HEAD}"), "not one of ours"),
        ("check_run", check(check_id(5, "c" * 40)), "not one of ours"),
        ("check_run", check(f"prefect-review/05/{HEAD}"), "not one of ours"),
        ("check_run", check(check_id(0, HEAD)), "not one of ours"),
        ("check_run", check(f"prefect-review/{'9' * 9999}/{HEAD}"), "not one of ours"),
        ("check_run", check(f"prefect-review/\u0665/{HEAD}"), "not one of ours"),
        ("check_suite", suite(of_suite(5), action="requested"), "check_suite requested: nothing"),
        ("check_suite", suite(), "GitHub names no pull request"),
        ("check_suite", suite(of_suite(5, "c" * 40)), "GitHub names no pull request"),
        ("check_suite", suite(of_suite(5, HEAD, 8)), "GitHub names no pull request"),
        ("installation", {"action": "deleted"}, "installation deleted: GitHub lets us"),
        ("installation", {"action": "suspend"}, "installation suspend: GitHub lets us"),
        ("installation", {"action": "created"}, "it names no repository"),
        ("installation_repositories", {"action": "removed"}, "removed: GitHub lets us"),
    ],
)
def test_what_asks_for_nothing_says_why(event, payload, why):
    ignored = wish(event, payload)
    assert isinstance(ignored, Ignore)
    assert why in ignored.why


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review"])
def test_a_head_that_is_new_or_ready_is_to_be_reviewed(action):
    assert wish("pull_request", pull(action)) == ReviewHead(SEEN)


@pytest.mark.parametrize("action", ["labeled", "unlabeled"])
def test_a_label_may_change_the_place_in_the_queue(action):
    assert wish("pull_request", pull(action)) == Reprioritise(SEEN)


@pytest.mark.parametrize("merged", [True, False, None])
def test_a_closed_pull_request_ends_its_review(merged):
    assert wish("pull_request", pull("closed", state="closed", merged=merged)) == End(SEEN)


@pytest.mark.parametrize(
    ("changes", "priority", "why"),
    [
        ({"labels": [{"name": "Priority: High"}]}, TaskPriority.HIGH, "a label matches"),
        ({"head": {"ref": "hotfix/1", "sha": HEAD}}, TaskPriority.CRITICAL, "its branch matches"),
    ],
)
def test_labels_and_branches_say_how_urgent_it_is(changes, priority, why):
    seen = wish("pull_request", pull("opened", **changes)).seen
    assert seen.priority == priority
    assert why in seen.why


@pytest.mark.parametrize(
    "changes",
    [
        {"user": None},
        {"user": BOT},
        {"user": {"login": "ada.of.elsewhere", "type": "Mannequin"}},
        {"head": {"ref": "discounts", "sha": HEAD, "repo": None}},
        {"head": {"ref": "-x\x1b\u2028", "sha": HEAD}},
        {"title": "\x00", "labels": [{"name": "\x1b[31m"}]},
        {"draft": True},
        {"updated_at": "2026-03-01T13:00:00+01:00"},
    ],
)
def test_a_fork_that_is_gone_or_an_odd_name_of_the_authors_stops_no_review(changes):
    assert wish("pull_request", pull("opened", **changes)) == ReviewHead(SEEN)


@pytest.mark.parametrize(
    ("body", "verb", "priority"),
    [
        ("/review", Verb.REVIEW, None),
        ("/review high", Verb.REVIEW, TaskPriority.HIGH),
        ("/review stop", Verb.STOP, None),
        ("/review dismiss 01234567 why", Verb.DISMISS, None),
        ("/review undismiss 01234567", Verb.DISMISS, None),
        ("/review help", Verb.HELP, None),
        ("/review what", Verb.UNKNOWN, None),
    ],
)
def test_an_order_is_obeyed_wherever_it_is_given(body, verb, priority):
    obey = Obey(SHOP, 99, "ada", verb, priority, body)
    assert wish("issue_comment", comment(body)) == obey
    assert wish("pull_request_review_comment", answer(body)) == replace(
        obey, comment=98, in_thread=True
    )


def test_a_check_of_ours_can_be_asked_for_again():
    assert wish("check_run", check(OURS)) == ReviewAgain(SHOP, HEAD, "ada")


def test_a_suite_means_the_pull_request_of_this_repository_that_has_its_head():
    pulls = of_suite(3, "c" * 40), of_suite(4, HEAD, 8), of_suite(5), of_suite(6)
    assert wish("check_suite", suite(*pulls)) == ReviewAgain(SHOP, HEAD, "ada")


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("installation", {"action": "created", "repositories": [REPOSITORY]}),
        ("installation", {"action": "unsuspend", "repositories": [REPOSITORY]}),
        (
            "installation_repositories",
            {"action": "added", "repositories_added": [REPOSITORY], "repositories_removed": []},
        ),
    ],
)
def test_a_repository_that_is_new_to_us_is_looked_at(event, payload):
    assert wish(event, payload) == LookAround(("acme/shop",))


def test_every_event_that_is_read_is_in_the_documentation():
    page = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    asked = [(event, action) for event, actions in WISHES.items() for action in actions]
    assert not [asks for asks in asked if not all(f"`{word}`" in page for word in asks)]
