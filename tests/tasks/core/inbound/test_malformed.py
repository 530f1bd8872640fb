"""What is not as GitHub describes it is refused in a sentence that says where, and never more."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
from collections.abc import Iterator

import pytest

from tasks.core.forge.markers import check_id
from tasks.core.inbound.reading import FORM, Malformed, wish_of
from tests.tasks.core.inbound.payloads import (
    ADA,
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

VALID = {
    "pull_request": pull("opened", labels=[{"name": "bug"}]),
    "issue_comment": comment("/review high"),
    "pull_request_review_comment": answer("/review dismiss"),
    "check_run": check(check_id(5, HEAD)),
    "check_suite": suite(of_suite(5)),
    "installation": {"action": "created", "repositories": [REPOSITORY]},
    "installation_repositories": {"action": "added", "repositories_added": [REPOSITORY]},
}
OTHERS = (
    *(None, True, False, 0, -1, 5, 2**63, 10**400, 1.5, 1e308),
    *("", "x", "\x00", "\u2028", "-", "..", "a/..", "a/b", "\U0001f600", "x" * 100_000),
    *("2026-03-01T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *([], {}, [None], [[]], {"number": []}),
)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "Invalid JSON"),
        (b"{", "Invalid JSON"),
        (b"hello", "Invalid JSON"),
        (b"\x00\xff\xfe", "Invalid JSON"),
        (b"[" * 1_000_000, "recursion limit"),
        (b'{"a":' * 1_000_000, "recursion limit"),
        (b'{"action":' + b"9" * 1_000_000 + b"}", "Invalid JSON"),
        (rb'{"action":"\ud800"}', "Invalid JSON"),
        (b'{"action":"\xed\xa0\x80"}', "Invalid JSON"),
        ('{"action":"opened"}'.encode("utf-16"), "Invalid JSON"),
        (b"[]", "the body: Input should be an object"),
        (b"null", "the body: Input should be an object"),
        (b'"opened"', "the body: Input should be an object"),
        (b"payload=%7B%22action%22%3A%22opened%22%7D", FORM),
    ],
)
@pytest.mark.parametrize("event", ["pull_request", "ping", "push", "\ud800"])
def test_what_is_no_json_object_is_malformed_whatever_the_event(event, body, what):
    with pytest.raises(Malformed, match=r"\A[ -~]+\Z") as refused:
        wish_of(delivery(event, body))
    assert what in str(refused.value)


@pytest.mark.parametrize(
    ("event", "payload", "where"),
    [
        ("pull_request", {"action": "opened"}, "repository: Field required (and 1 more)"),
        ("pull_request", pull("opened", number=0), "pull_request.number: Input should be"),
        ("pull_request", pull("opened", number=2**63), "pull_request.number: Input should be"),
        ("pull_request", pull("opened", number="5"), "pull_request.number: Input should be"),
        ("pull_request", pull("opened", number=True), "pull_request.number: Input should be"),
        ("pull_request", pull("opened", state="draft"), "pull_request.state: Input should be"),
        (
            "pull_request",
            pull("opened", head={"ref": "x", "sha": "A" * 40}),
            "pull_request.head.sha: String should match",
        ),
        ("pull_request", pull("opened", base={"ref": "-x", "sha": HEAD}), "like an option"),
        (
            "pull_request",
            pull("opened", updated_at="2026-03-01T12:00:00"),
            "pull_request.updated_at: Input should have timezone",
        ),
        ("pull_request", pull("opened", updated_at="9999-12-31T23:59:59Z"), "of the year 9999"),
        ("pull_request", pull("opened", labels=[{"name": 1}]), "pull_request.labels.0.name: "),
        (
            "pull_request",
            pull("opened") | {"repository": {"full_name": "../x"}},
            "repository.full_name: Value error, expected owner/name, not '../x'",
        ),
        ("issue_comment", comment("/review", ADA | {"login": "../x"}), "comment.user.login: "),
        ("installation", {"action": "created", "repositories": None}, "repositories: "),
    ],
)
def test_a_field_that_is_not_as_described_is_named(event, payload, where):
    with pytest.raises(Malformed) as refused:
        wish_of(delivery(event, payload))
    assert where in str(refused.value)
    assert str(refused.value).startswith(f"{event} {payload['action']}: ")


def test_of_a_list_the_first_mistake_is_enough():
    with pytest.raises(Malformed) as refused:
        wish_of(delivery("pull_request", pull("opened", labels=[{}] * 100_000)))
    assert str(refused.value).endswith("labels.0.name: Field required")


@pytest.mark.parametrize("event", VALID)
def test_whatever_a_field_holds_there_is_a_wish_or_a_sentence(event):
    said = set()
    for changed in _changed(VALID[event]):
        try:
            wish_of(delivery(event, changed))
        except Malformed as refused:
            said.add(str(refused))
    assert len(said) > 3
    assert max(len(sentence) for sentence in said) < 400


@pytest.mark.parametrize("event", VALID)
def test_a_body_that_is_cut_or_damaged_is_a_wish_or_a_sentence(event):
    body = json.dumps(VALID[event]).encode()
    for place, byte in itertools.product(range(len(body)), b'\x00"{}[],:-9\xff'):
        with_another = body[:place] + bytes([byte]) + body[place + 1 :]
        for damaged in (with_another, body[:place]):
            with contextlib.suppress(Malformed):  # some of them are none the worse for it
                wish_of(delivery(event, damaged))


def _changed(payload: object) -> Iterator[object]:
    """Yield a payload without each of its fields, and with something else in its place."""
    for path in _paths(payload):
        *above, last = path
        for other in (*OTHERS, ...):
            changed = copy.deepcopy(payload)
            place = changed
            for step in above:
                place = place[step]
            if other is ...:
                del place[last]
            else:
                place[last] = other
            yield changed


def _paths(value: object) -> Iterator[tuple[object, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (step,)
        if isinstance(inner, dict | list):
            yield from ((step, *rest) for rest in _paths(inner))
