"""Webhooks: signed deliveries in the background, once each, as GitHub makes them.

https://docs.github.com/en/webhooks/using-webhooks/handling-webhook-deliveries: an answer within
ten seconds, no second try, and a redelivery by hand has the id of the first.
"""

from __future__ import annotations

import hmac
import http.client
import itertools
import json
import queue
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.fake_github.accounts import App
from tests.fake_github.admission import Admission
from tests.fake_github.state import Repo

PATIENCE = 10  # seconds

Json = dict[str, Any]


@dataclass(eq=False)
class Hook:
    """Where deliveries go: an App's hears of what it is installed on, any other of everything.

    While it is not `active`, what happens is not remembered. A new `secret` counts at once.
    """

    id: int
    url: str
    secret: str
    created_at: str
    app: App | None = None
    active: bool = True

    def hears(self, repo: Repo) -> bool:
        """Whether it is told of a repository."""
        inside = self.app is None or repo.full_name in self.app.installed_on
        return self.active and inside


@dataclass(frozen=True)
class Answered:
    """How a delivery was answered; status 0: not at all, and `body` says why."""

    status: int
    body: str


@dataclass(eq=False)
class Sent:
    """A delivery: what was sent, and how it was answered, each time."""

    id: str
    event: str
    hook: Hook
    body: bytes
    answers: list[Answered] = field(default_factory=list)

    @property
    def payload(self) -> Json:
        """What was in it."""
        payload: Json = json.loads(self.body)
        return payload

    @property
    def action(self) -> str:
        """What happened; a ping has none."""
        return str(self.payload.get("action", ""))

    @property
    def status(self) -> int:
        """The status of the last answer; 0: there was none yet, or none came."""
        return self.answers[-1].status if self.answers else 0

    @property
    def headers(self) -> dict[str, str]:
        """What it is sent with."""
        kind, about = ("integration", self.hook.app.id) if self.hook.app else ("organization", 1)
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/fake000",
            "X-GitHub-Delivery": self.id,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(self.hook.id),
            "X-GitHub-Hook-Installation-Target-ID": str(about),
            "X-GitHub-Hook-Installation-Target-Type": kind,
            "X-Hub-Signature": f"sha1={self._signature('sha1')}",
            "X-Hub-Signature-256": f"sha256={self._signature('sha256')}",
        }

    def _signature(self, kind: str) -> str:
        return hmac.new(self.hook.secret.encode(), self.body, kind).hexdigest()


class Hooks(Admission):
    """The hub's webhooks, and the one thread that sends, in the order in which things happen."""

    def __init__(self) -> None:
        super().__init__()
        self.hooks: list[Hook] = []
        self.deliveries: list[Sent] = []
        self._waiting: queue.Queue[Sent] = queue.Queue()
        self._hook_ids = itertools.count(1)

    def add_hook(self, url: str, secret: str, app: App | None = None) -> Hook:
        """Let deliveries go to a URL from now on."""
        hook = Hook(next(self._hook_ids), url, secret, self.now(), app)
        if not self.hooks:
            threading.Thread(target=self._send_all, daemon=True).start()
        self.hooks.append(hook)
        return hook

    def listeners(self, repo: Repo, app: App | None = None) -> list[Hook]:
        """Return who hears of a repository; only the App, where it is nobody else's business."""
        return [h for h in self.hooks if h.hears(repo) and (app is None or h.app is app)]

    def deliver(self, hook: Hook, event: str, payload: Json) -> Sent:
        """Send a payload, soon."""
        sent = Sent(str(uuid.uuid4()), event, hook, json.dumps(payload).encode())
        self.deliveries.append(sent)
        self._waiting.put(sent)
        return sent

    def redeliver(self, delivery: str) -> Sent:
        """Send once more what was sent under this id."""
        (sent,) = (one for one in self.deliveries if one.id == delivery)
        self._waiting.put(sent)
        return sent

    def settle(self, seconds: float = 60) -> None:
        """Wait until everything that has happened was sent, and answered or given up."""
        done = self._waiting.all_tasks_done
        with done:
            assert done.wait_for(lambda: not self._waiting.unfinished_tasks, seconds), (
                f"{self._waiting.unfinished_tasks} deliveries are still to be made"
            )

    def _send_all(self) -> None:
        while True:
            sent = self._waiting.get()
            sent.answers.append(_post(sent))
            self._waiting.task_done()


def _post(sent: Sent) -> Answered:
    """Send a delivery; a redirection is not followed."""
    url = urlsplit(sent.hook.url)
    secure = url.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=PATIENCE)
    try:
        path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        connection.request("POST", path, sent.body, sent.headers)
        answer = connection.getresponse()
        return Answered(answer.status, answer.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        return Answered(0, f"{type(error).__name__}: {error}")
    finally:
        connection.close()
