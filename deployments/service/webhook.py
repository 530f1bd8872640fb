"""The webhook as a child of the service: where there is a secret; else how to get one."""

from __future__ import annotations

import os
import sys
import time

from deployments.server import Server
from deployments.service.child import Child, Say
from deployments.service.identity import Process
from deployments.service.record import Record
from deployments.service.workers import environment
from deployments.webhook.secret_file import VARIABLE, SecretFile

NAME = "webhook"
PORT = 4280
FAREWELL = 30.0
"""Seconds for it to end: what it is at it may finish, and what it has accepted is on disk."""

NONE = (
    "webhook: none, because no secret is known; `review connect webhook` makes one, and without "
    "it GitHub is looked at every ten minutes"
)


class WebhookCare:
    """The process that answers GitHub, as long as a secret is there."""

    def __init__(self, record: Record, server: Server, say: Say, before: Process | None) -> None:
        self._record, self._server, self._say = record, server, say
        self._secrets = SecretFile(record.home / "webhook" / "secrets")
        self._child: Child | None = None
        self._before = before
        self._settings = "", 0
        self._told = False

    @property
    def process(self) -> Process | None:
        """Return who it is now."""
        return self._child.process if self._child else None

    def tend(self, port: int) -> None:
        """Have it with the settings that it needs now, or say once why it is not there."""
        settings = self._server.url, port or PORT
        if self._child and self._settings != settings:
            self._say("webhook: its settings have changed; it is started again")
            self.end()
        self._settings = settings
        if not self._secrets.known():
            if self._child:
                self._say("webhook: its secret is gone")
                self.end()
            elif not self._told:
                self._say(NONE)
            self._told = True
            return
        self._told = False
        if self._child is None:
            self._child = self._fresh(settings[1])
        self._child.tend(self._say)

    def ask_to_end(self) -> None:
        """Tell it to end, while others do as well."""
        if self._child:
            self._child.ask_to_end()

    def end(self) -> None:
        """Make it end."""
        if self._child:
            self._child.ask_to_end()
            self._child.make_end(time.monotonic() + FAREWELL)
            self._child = None
            self._say("webhook: ended")

    def _fresh(self, port: int) -> Child:
        """Return the one that a supervisor before us has left, or one to be started."""
        secret = os.environ.get(VARIABLE)
        child = Child(
            NAME,
            (*(sys.executable, "-P", "-m", "deployments.webhook"), str(port)),
            environment(self._server) | ({VARIABLE: secret} if secret else {}),
            self._record.logs / "webhook.log",
        )
        child.process, self._before = self._before, None
        how = "is there already" if child.process else f"is to answer at port {port}"
        self._say(f"webhook: {how}; its log is {child.log}")
        return child


def webhook_of(record: Record) -> str:
    """Return how the webhook of this machine does; nothing where it has no service."""
    state, wanted = record.running(), record.wanted()
    if not state or not wanted:
        return ""
    process = dict(state.workers).get(NAME)
    if process and process.alive:
        return f"answers at port {wanted.webhook_port or PORT}"
    return "none; `review connect webhook` makes one" if process is None else "is being started"
