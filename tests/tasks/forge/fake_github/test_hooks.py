"""Webhooks of the fake GitHub: what happens is told, signed, once, and as GitHub describes it."""

from __future__ import annotations

import hashlib
import hmac
import socket
from collections.abc import Iterator

import pytest

from tasks.core.forge.markers import check_id
from tasks.core.inbound.delivery import Delivery
from tasks.core.inbound.reading import wish_of
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    LookAround,
    Obey,
    Reprioritise,
    ReviewAgain,
    ReviewHead,
    Verb,
)
from tests.tasks.forge.fake_github.conftest import SHOP
from tests.tasks.forge.fake_github.receiver import Receiver, listening

SECRET = "It's a Secret to Everybody"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as served:
        yield served


@pytest.fixture
def heard(shop, receiver):
    """Return what was heard since the ping, as (event, action)."""
    shop.app()
    shop.hub.hook(receiver.url, SECRET, shop.hub.apps[7])

    def said() -> list[tuple[str, str]]:
        shop.hub.settle()
        return [(sent.event, sent.action) for sent in shop.hub.deliveries[1:]]

    return said


@pytest.fixture
def wished(shop, heard):
    """Return what all that was heard since the ping asks of us."""

    def read() -> list:
        heard()
        sent = shop.hub.deliveries[1:]
        return [wish_of(Delivery(one.id, one.event, one.body)) for one in sent]

    return read


def test_without_a_webhook_nothing_is_told(shop):
    shop.hub.close(shop.pull)
    shop.hub.settle()
    assert shop.hub.deliveries == []


def test_a_new_webhook_is_sent_a_ping(shop, receiver):
    shop.hub.hook(receiver.url, SECRET)
    shop.hub.settle()
    ((headers, body),) = receiver.got
    assert headers["X-GitHub-Event"] == "ping"
    assert wish_of(Delivery("1", "ping", body)) == Ignore("pong")


def test_a_delivery_is_signed_and_has_an_id_of_its_own(shop, receiver, heard):
    shop.hub.close(shop.pull)
    shop.hub.reopen(shop.pull)
    assert heard() == [("pull_request", "closed"), ("pull_request", "reopened")]
    assert len({headers["X-GitHub-Delivery"] for headers, _ in receiver.got}) == 3
    for headers, body in receiver.got:
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={signature}"
        assert headers["Content-Type"] == "application/json"
    assert {sent.status for sent in shop.hub.deliveries} == {202}
    assert shop.hub.deliveries[1].answers[0].body == "accepted"


def test_what_becomes_of_a_pull_request_is_told_with_its_head(shop, wished):
    hub, pull = shop.hub, shop.pull
    first = pull.head_sha
    second = shop.push(old_py="two\n")
    hub.push(pull)
    hub.push(pull)  # nothing new
    hub.label(pull, "priority: high", "grace")
    hub.unlabel(pull, "priority: high")
    hub.close(pull)
    hub.reopen(pull)
    hub.ready(pull)
    hub.merge(pull)
    wishes = wished()
    kinds = [ReviewHead, Reprioritise, Reprioritise, End, ReviewHead, ReviewHead, End]
    assert [type(wish) for wish in wishes] == kinds
    assert {wish.seen.head for wish in wishes} == {second}
    assert [wish.seen.priority.label for wish in wishes[:3]] == ["medium", "high", "medium"]
    pushed = shop.hub.deliveries[1].payload
    assert (pushed["before"], pushed["after"]) == (first, second)
    assert shop.hub.deliveries[2].payload["sender"]["login"] == "grace"
    assert shop.hub.deliveries[-1].payload["pull_request"]["merged"]


def test_a_new_pull_request_is_told_and_a_branch_that_is_gone_closes_it(shop, wished):
    shop.repo.git("branch", "other", "feature")
    pull = shop.hub.open_pull(SHOP, head="other", draft=True)
    shop.repo.git("branch", "-D", "other")
    shop.hub.push(pull)
    opened, closed = wished()
    assert (type(opened), type(closed)) == (ReviewHead, End)
    assert opened.seen.subject.number == 2


def test_comments_of_people_and_programs_are_told_alike(shop, wished):
    thread = shop.hub.review(shop.pull, "grace", comments=[("old.py", 10, "Why?")]).comments[0]
    shop.hub.comment(shop.pull, "ada", "/review high")
    shop.hub.reply(thread.thread, "ada", "/review dismiss it is so")
    with shop.api() as api:
        api.post("/issues/1/comments", json={"body": "/review stop"}).raise_for_status()
    line, order, dismissal, stop = wished()
    assert isinstance(line, Ignore)
    assert (order.verb, order.priority.label, order.by) == (Verb.REVIEW, "high", "ada")
    assert (dismissal.verb, dismissal.in_thread) == (Verb.DISMISS, True)
    assert isinstance(stop, Obey)
    assert order.comment == shop.pull.comments[0].id


def test_a_check_is_asked_for_again_of_the_app_that_made_it_and_of_nobody_else(
    shop, receiver, wished
):
    hub, head = shop.hub, shop.pull.head_sha
    everybody = hub.hook(receiver.url, SECRET)
    caller = hub.installation_token(hub.apps[7], hub.apps[7].installed_on[SHOP])
    check = {"name": "review", "head_sha": head, "external_id": check_id(1, head)}
    with shop.api(caller.token) as api:
        made = api.post("/check-runs", json=check).raise_for_status().json()
        api.post(f"/check-runs/{made['id']}/rerequest").raise_for_status()
    (run,) = shop.pull.repo.check_runs
    hub.rerequest(run)
    hub.rerequest_all(run.suite, "grace")
    wishes = [wish for wish in wished() if not isinstance(wish, Ignore)]
    assert {type(wish) for wish in wishes} == {ReviewAgain}
    assert [wish.by for wish in wishes] == ["reviewer[bot]", "ada", "grace"]
    assert {(wish.subject.name, wish.head) for wish in wishes} == {(f"{SHOP}#1", head)}
    assert [sent.event for sent in hub.deliveries if sent.hook is everybody] == ["ping"]
    assert run.rerequested == 3


def test_an_app_hears_of_what_it_is_installed_on(shop, make_repo, receiver, wished):
    hub = shop.hub
    other = make_repo("other")
    other.commit({"a.py": ""})
    hub.add_repository("acme/other", other.folder)
    hub.install(hub.apps[7], "acme/other")
    hub.app(8, "another", "")
    hub.hook(receiver.url, SECRET, hub.apps[8])
    hub.install(hub.apps[8], SHOP, "acme/other")
    more, *_, new = wished()
    assert more == LookAround(("acme/other",))
    assert new == LookAround((SHOP, "acme/other"))


def test_a_repository_without_the_app_is_not_told_to_it(shop, heard):
    shop.hub.apps[7].installed_on.clear()
    shop.hub.close(shop.pull)
    assert heard() == []


def test_what_happens_while_a_webhook_is_off_is_lost(shop, heard):
    (hook,) = shop.hub.hooks
    hook.active = False
    shop.hub.close(shop.pull)
    hook.active = True
    shop.hub.reopen(shop.pull)
    assert heard() == [("pull_request", "reopened")]


def test_a_failed_delivery_is_repeated_by_hand_only_and_with_the_same_id(shop, receiver, heard):
    receiver.status = 503
    shop.hub.close(shop.pull)
    assert heard() == [("pull_request", "closed")]
    sent = shop.hub.deliveries[-1]
    assert (sent.status, len(receiver.got)) == (503, 2)
    receiver.status = 202
    assert shop.hub.redeliver(sent.id) is sent
    shop.hub.settle()
    assert [answer.status for answer in sent.answers] == [503, 202]
    (_, first), (_, second) = [
        (headers, body) for headers, body in receiver.got if headers["X-GitHub-Delivery"] == sent.id
    ]
    assert first == second
    assert len(shop.hub.deliveries) == 2


def test_nobody_there_is_an_answer_too(shop):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        shop.hub.hook(f"http://127.0.0.1:{deaf.getsockname()[1]}/", SECRET)
        shop.hub.settle()
    (sent,) = shop.hub.deliveries
    assert sent.status == 0
    assert "refused" in sent.answers[0].body


def test_a_secret_that_is_changed_signs_the_next_delivery(shop, receiver, heard):
    shop.hub.hooks[0].secret = "another"
    shop.hub.close(shop.pull)
    heard()
    headers, body = receiver.got[-1]
    signature = hmac.new(b"another", body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={signature}"


def test_a_payload_that_github_would_not_send_is_a_violation(shop, receiver):
    shop.hub.hook(receiver.url, SECRET)
    shop.pull.title = None
    shop.hub.close(shop.pull)
    (wrong,) = shop.hub.violations
    assert "webhook pull_request closed: $.pull_request.title" in wrong
    shop.hub.violations.clear()
