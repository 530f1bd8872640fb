"""Notifications of failed runs: a real automation, a real block, a real receiver."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from uuid import uuid4

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Crashed, Failed

from blocks import GitHubToken
from blocks.queue import ReviewQueue
from flows.pr_review import review_pull_request
from tasks.core.queueing.marks import GIVEN_UP
from tasks.core.queueing.queues import POOL
from tasks.service.notifications import NAME, CannotNotify, ensure_notification
from tests.flows.asked import ask

TYPE = "custom-webhook"
PATIENCE = 60


class Receiver(ThreadingHTTPServer):
    """What people have in their chat: takes a message, and shows it to everybody."""

    def __init__(self):
        self.heard: Queue[dict[str, str]] = Queue()
        super().__init__(("127.0.0.1", 0), Ear)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Ear(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.heard.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        threading.Thread(target=receiver.serve_forever, args=(0.05,), daemon=True).start()
        yield receiver
        receiver.shutdown()


@pytest.fixture
def chat(receiver):
    """A block that sends to the receiver, by its name."""
    name = f"chat-{uuid4().hex[:8]}"
    CustomWebhookNotificationBlock(
        name="chat", url=receiver.url, json_data={"subject": "{{subject}}", "body": "{{body}}"}
    ).save(name, _sync=True)
    yield f"{TYPE}/{name}"
    notified("")


def notified(block):
    """What is changed so that this block is notified."""
    return ask(lambda client: ensure_notification(client, ReviewQueue(notify=block)))


def automations():
    return ask(lambda client: client.read_automations_by_name(NAME))


def ended(*states, repository):
    """A run of the service that went through these states."""

    async def make(client):
        try:
            await client.read_work_pool(POOL)
        except ObjectNotFound:
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        flow = await client.create_flow(review_pull_request)
        deployment = await client.create_deployment(
            flow, f"t-{uuid4().hex}", work_pool_name=POOL, entrypoint="flows.pr_review"
        )
        run = await client.create_flow_run_from_deployment(
            deployment, name=f"{repository}#7", parameters={"repository": repository, "number": 7}
        )
        for state in states:
            await client.set_flow_run_state(run.id, state, force=True)
        return run

    return ask(make)


def test_nobody_to_notify_needs_no_automation():
    assert notified("") == ()
    assert automations() == []


def test_it_is_made_once_changed_once_and_removed_once(chat, receiver):
    (made,) = notified(chat)
    assert made == f"automation 'review failed': made, {chat} hears of failed reviews"
    assert notified(chat) == ()

    other = f"other-{uuid4().hex[:8]}"
    CustomWebhookNotificationBlock(name="o", url=receiver.url).save(other, _sync=True)
    (changed,) = notified(f"{TYPE}/{other}")
    assert f"changed, {TYPE}/{other}" in changed
    assert notified(f"{TYPE}/{other}") == ()
    assert len(automations()) == 1

    (removed,) = notified("")
    assert "removed" in removed
    assert automations() == []


def test_who_has_switched_it_off_keeps_it_off(chat, receiver):
    notified(chat)
    (one,) = automations()
    ask(lambda client: client.pause_automation(one.id))
    assert notified(chat) == ()

    other = f"other-{uuid4().hex[:8]}"
    CustomWebhookNotificationBlock(name="o", url=receiver.url).save(other, _sync=True)
    notified(f"{TYPE}/{other}")
    (one,) = automations()
    assert not one.enabled


def test_two_of_them_become_one(chat):
    notified(chat)
    (one,) = automations()
    twin = AutomationCore(**one.model_dump(exclude={"id"}))
    ask(lambda client: client.create_automation(twin))
    assert notified(chat) == ("automation 'review failed': a second one removed",)
    assert len(automations()) == 1


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("slack", "names no block; write TYPE/NAME"),
        ("/team", "names no block; write TYPE/NAME"),
        ("slack-webhook/nobody", "there is no block slack-webhook/nobody; make one"),
        ("no-such-type/nobody", "there is no block no-such-type/nobody; make one"),
    ],
)
def test_a_block_that_is_not_there_is_said_with_what_to_do(block, why):
    with pytest.raises(CannotNotify, match=why):
        notified(block)
    assert automations() == []


def test_a_block_that_sends_nothing_is_refused():
    GitHubToken(token="ghp_" + "x").save("sends-nothing", _sync=True)
    with pytest.raises(CannotNotify, match="github-token/sends-nothing sends no notifications"):
        notified("github-token/sends-nothing")


async def heard(receiver, wanted):
    """The first message about a repository; those about others are dropped."""
    while True:
        message = await asyncio.to_thread(receiver.heard.get, timeout=PATIENCE)
        if wanted in message["subject"]:
            return message


def test_a_failed_review_is_told_with_its_name_and_reason_and_nothing_else_is(chat, receiver):
    notified(chat)
    quiet, crashed, loud = (f"acme/{word}-{uuid4().hex[:8]}" for word in ("calm", "back", "sad"))

    ended(Completed(message="2 findings"), repository=quiet)
    ended(Crashed(message="goes back to its queue"), repository=crashed)
    run = ended(Failed(name=GIVEN_UP, message="its process died three times"), repository=loud)

    message = asyncio.run(heard(receiver, loud))
    assert message["subject"] == f"pr-review {loud}#7: GivenUp"
    assert "Why: its process died three times" in message["body"]
    assert f"review retry {run.id}" in message["body"]
    told = message["subject"]
    while True:
        try:
            told += receiver.heard.get(block=False)["subject"]
        except Empty:
            break
    assert quiet not in told
    assert crashed not in told
