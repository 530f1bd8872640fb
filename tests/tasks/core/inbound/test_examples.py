"""Every payload that GitHub describes, and each of its examples, is understood or let be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tasks.core.inbound.reading import WISHES, Malformed, wish_of
from tasks.core.inbound.wishes import End, Ignore, LookAround, Reprioritise, ReviewAgain, ReviewHead
from tests.fake_github import descriptions
from tests.fake_github.webhook_schemas import made, schemas, wrong_with
from tests.tasks.core.inbound.payloads import ADA, delivery

HEAD, LABELS = (ReviewHead,), (Reprioritise, Ignore)  # a label of a closed one is nothing to us
EXPECTED = {
    ("pull_request", "opened"): HEAD,
    ("pull_request", "reopened"): HEAD,
    ("pull_request", "synchronize"): HEAD,
    ("pull_request", "ready_for_review"): HEAD,
    ("pull_request", "labeled"): LABELS,
    ("pull_request", "unlabeled"): LABELS,
    ("pull_request", "closed"): (End,),
    ("check_suite", "rerequested"): (ReviewAgain, Ignore),  # one from a fork names no pull request
    ("installation", "created"): (LookAround, Ignore),
    ("installation", "unsuspend"): (LookAround, Ignore),
    ("installation_repositories", "added"): (LookAround, Ignore),
}
"""Comments and check runs need a text of ours to ask for anything, and Ignore is all the rest."""


@pytest.fixture(scope="module")
def described():
    try:
        return schemas()
    except descriptions.UnobtainableError as missing:
        descriptions.demand_in_ci(missing)
        pytest.skip(str(missing))


def _payloads(described) -> Iterator[tuple[str, dict]]:
    for (event, action), schema in described.items():
        for whole in (False, True):
            payload = made(schema, whole=whole)
            yield event, payload | ({"action": action} if action else {})


def test_payloads_made_of_the_description_are_as_it_says(described):
    payloads = list(_payloads(described))
    assert len({event for event, _ in payloads}) > 70
    assert not [wrong for event, payload in payloads for wrong in wrong_with(event, payload)]


def test_whatever_github_describes_is_a_wish(described):
    for event, payload in _payloads(described):
        wish = wish_of(delivery(event, payload))
        expected = EXPECTED.get((event, payload.get("action", "")), (Ignore,))
        assert isinstance(wish, expected), (event, payload.get("action"))


def test_every_action_that_we_read_is_one_of_githubs(described):
    asked = {(event, action) for event, actions in WISHES.items() for action in actions}
    assert not asked - set(described)
    assert set(EXPECTED) <= asked


def test_every_example_of_githubs_is_a_wish(described):
    seen = set()
    for example in descriptions.examples():
        for payload in example["examples"]:
            event, action = example["name"], payload.get("action", "")
            wish = wish_of(delivery(event, payload))
            assert isinstance(wish, EXPECTED.get((event, action), (Ignore,))), (event, action)
            seen.add((event, type(wish)))
    assert len(seen) > 50
    assert {kind for _, kind in seen} == {
        End, Ignore, LookAround, Reprioritise, ReviewAgain, ReviewHead,
    }  # fmt: skip


@pytest.mark.parametrize("event", ["issue_comment", "pull_request_review_comment"])
def test_an_example_with_an_order_in_it_is_an_order(described, event):
    (example,) = [known for known in descriptions.examples() if known["name"] == event]
    for payload in example["examples"]:
        comment = payload["comment"] | {"body": "/review high", "user": ADA}
        about = {"issue": payload["issue"] | {"pull_request": {}}} if "issue" in payload else {}
        wish = wish_of(delivery(event, payload | {"comment": comment} | about))
        assert isinstance(wish, Ignore) == (payload["action"] != "created")


def test_a_payload_under_another_events_name_is_a_wish_or_malformed(described):
    for event in ("pull_request", "issue_comment", "check_run", "check_suite", "installation"):
        for (_, action), schema in described.items():
            payload = made(schema, whole=True) | {"action": action}
            with contextlib.suppress(Malformed):
                assert wish_of(delivery(event, payload))
