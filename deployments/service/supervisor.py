"""Keeps the service of one machine going: its server, what is on the server, its workers.

It imports no Prefect. Whatever it has started outlives its own death: the next one finds it by
number and birth, and goes on with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import FrameType

from deployments.server import Server, ServerError, installed
from deployments.service.child import Child, Say, shorten
from deployments.service.identity import Process, end
from deployments.service.record import Record, State, Wanted
from deployments.service.server_care import ServerCare
from deployments.service.webhook import NAME, WebhookCare
from deployments.service.workers import environment, worker

TICK = 0.3
FAREWELL = 45.0
"""Seconds for workers to end; they give their runs 30."""

APPLY_AGAIN = 5.0
"""Seconds after which what could not be applied is tried again."""

APPLY_ATTEMPTS = 3
"""After so many, who waits for it is told that it cannot be; it is tried on."""


class Supervisor:
    """What it has started, and what it knows of it."""

    def __init__(self, record: Record, server: Server, state: State, say: Say) -> None:
        self._record, self._server, self._say = record, server, say
        self._state = state
        self._ending = False
        self._care = ServerCare(server, say)
        self._applying: subprocess.Popen[str] | None = None
        self._applied: Wanted | None = None
        self._apply_at = 0.0
        self._attempts = 0
        self._workers: dict[int, Child] = {}
        self._settings = "", 0
        self._stumbled = ""
        self._before = {name: process for name, process in state.workers if process.alive}
        self._webhook = WebhookCare(record, server, say, self._before.pop(NAME, None))

    def run(self) -> None:
        """Keep everything going until we are told to end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told)
        while not self._ending:
            try:
                self._once()
            except OSError as error:  # a full disk, no more processes: that may pass
                self._stumble(str(error))
            time.sleep(TICK)
        self._farewell()

    def _once(self) -> None:
        """Have what is wanted."""
        wanted = self._record.wanted()
        if wanted and self._has_server(wanted) and self._has_applied(wanted):
            self._tend_workers(wanted)
            self._webhook.tend(wanted.webhook_port)
            self._keep(reached=wanted.serial, failed="")
        shorten(self._record.log)
        self._stumbled = ""

    def _stumble(self, why: str) -> None:
        """Say once why it does not go on for the moment."""
        if why != self._stumbled:
            self._say(f"cannot go on for the moment: {why}")
        self._stumbled = why

    def _told(self, number: int, _: FrameType | None) -> None:
        self._ending = True
        self._say(f"told to end ({signal.Signals(number).name})")

    def _has_server(self, wanted: Wanted) -> bool:
        """Return whether there is a server that answers."""
        try:
            return self._care.answers(wanted.port)
        except ServerError as error:
            self._fail(wanted, str(error))
            return False

    def _has_applied(self, wanted: Wanted) -> bool:
        """Have objects and deployments on the server, once for each that is wanted."""
        if self._applied == wanted:
            return True
        if self._applying is None:
            if time.monotonic() >= self._apply_at:
                slots = [str(wanted.slots)] if wanted.slots else []
                self._applying = subprocess.Popen(
                    [sys.executable, "-P", "-m", "deployments.service.applying", *slots],
                    cwd=self._record.folder,
                    env={
                        **environment(self._server),
                        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
            return False
        if self._applying.poll() is None:
            return False
        said, errors = self._applying.communicate()
        status, self._applying = self._applying.returncode, None
        self._attempts += 1
        for line in said.splitlines():
            self._say(line)
        if status == 0:
            self._applied, self._attempts = wanted, 0
            return True
        self._apply_at = time.monotonic() + APPLY_AGAIN
        why = (errors.strip().splitlines() or [f"status {status}"])[-1]
        if self._attempts < APPLY_ATTEMPTS:
            self._say(f"not everything is on the server yet: {why}")
        else:
            self._fail(wanted, why)
        return False

    def _tend_workers(self, wanted: Wanted) -> None:
        """Have as many workers as are wanted, with the settings that they now need."""
        settings = self._server.url, wanted.limit
        if self._workers and self._settings != settings:
            self._say("workers: their settings have changed; they are started again")
            self._end_workers(list(self._workers))
        self._settings = settings
        for number in range(1, wanted.workers + 1):
            if number not in self._workers:
                self._workers[number] = self._fresh(number, wanted.limit)
            self._workers[number].tend(self._say)
        self._end_workers([number for number in self._workers if number > wanted.workers])
        for name in list(self._before):
            self._say(f"{name}: no longer wanted")
            end(self._before.pop(name).pid, FAREWELL)

    def _fresh(self, number: int, limit: int) -> Child:
        """Return a worker: the one that a supervisor before us has left, or one to be started."""
        fresh = worker(number, limit, self._server, self._record)
        fresh.process = self._before.pop(fresh.name, None)
        if fresh.process:
            self._say(f"{fresh.name}: is there already")
        return fresh

    def _end_workers(self, numbers: list[int]) -> None:
        """End workers side by side; each gives its runs half a minute."""
        ended = [self._workers.pop(number) for number in numbers]
        for child in ended:
            child.ask_to_end()
        until = time.monotonic() + FAREWELL
        for child in ended:
            child.make_end(until)
            self._say(f"{child.name}: ended")

    def _farewell(self) -> None:
        """End the workers; the server goes on."""
        if self._applying:
            self._applying.kill()
            self._applying.communicate()
        self._webhook.ask_to_end()
        if self._workers:
            self._say("workers end; a review at work goes back to its queue")
        self._end_workers(list(self._workers))
        self._webhook.end()
        self._record.forget()
        if self._server.running():
            self._say(f"server: goes on at {self._server.url}; `review down` ends it too")

    def _fail(self, wanted: Wanted, why: str) -> None:
        """Say why what is wanted is not there, once, and in the state for who waits for it."""
        why = " ".join(why.split())
        if why != self._state.failed or wanted.serial != self._state.reached:
            self._say(why)
        self._keep(reached=wanted.serial, failed=why)

    def _keep(self, *, reached: str, failed: str) -> None:
        """Write down what is there, where that has changed."""
        workers = [(child.name, child.process) for child in self._workers.values()]
        workers.append((NAME, self._webhook.process))
        now = replace(
            self._state,
            reached=reached,
            failed=failed,
            workers=tuple((name, process) for name, process in workers if process),
        )
        if now != self._state:
            self._record.keep(now)
            self._state = now


def supervise(record: Record, server: Server, say: Say) -> bool:
    """Be the supervisor of a data folder; return False at once where there is one."""
    with record.alone() as alone:
        if alone:
            before = record.state()
            workers = before.workers if before else ()
            state = State(Process.of(os.getpid()), installed(), server.given, workers=workers)
            record.keep(state)
            Supervisor(record, server, state, say).run()
    return alone
