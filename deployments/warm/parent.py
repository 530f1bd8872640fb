"""The warm parent: imports everything once, then forks a child for whoever connects.

    python -P -m deployments.warm.parent DESCRIPTOR NAME

``finding`` starts it, with the descriptor of a socket that listens already. It has one thread,
opens no connection and runs no flow itself, so a child finds nothing in it but code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time

from pydantic import BaseModel

from deployments.warm.child import Ending, become, run
from deployments.warm.finding import lock, socket_of
from deployments.warm.orphans import adopt, end_orphans
from deployments.warm.reading import sources
from deployments.warm.stamp import stamp_of
from deployments.warm.wire import has_gone, is_ours, say_end

PRELOADED = (
    "prefect.engine",
    "prefect.flow_engine",
    "prefect.task_engine",
    "prefect._internal.metrics",
    "prefect.deployments.steps.core",
    "prefect.deployments.steps.pull",
    "prefect.runner.storage",
    "prefect.events.worker",
    "prefect.concurrency.asyncio",
    "prefect.utilities.visualization",
    "anyio._backends._asyncio",
    "fastapi",
    "flows.pr_review",
    "flows.change_review",
    "tasks.actions",
)
"""What a run imports sooner or later: to import it after the fork is to import it for each."""

IDLE = "REVIEW_WARM_IDLE_SECONDS"
USUAL_IDLE = 1800.0
"""Seconds without a run after which a parent ends, where the environment says nothing."""

TICK = 2.0
"""Seconds between two looks at whether the parent is still wanted."""


class Parent:
    """Forks for those who connect, and tells them how a child ended that cannot say so itself."""

    def __init__(self, listener: socket.socket, name: str) -> None:
        self.listener = listener
        self.name = name
        self.children: dict[int, socket.socket] = {}
        self.socket = socket_of(name)
        self.inode = self.socket.stat().st_ino
        self.environment = dict(os.environ)  # as it was before anything was imported
        self.idle = float(os.environ.get(IDLE, USUAL_IDLE))
        self.used = time.monotonic()

    def serve(self) -> socket.socket | None:
        """Serve until it is not wanted and no child is left; in a child, return its connection."""
        wake, waken = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(waken, False)
        signal.set_wakeup_fd(waken, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.listener.settimeout(0)
        listening = True
        while listening or self.children:
            looked_at: list[int | socket.socket] = [wake, self.listener] if listening else [wake]
            ready, *_ = select.select(looked_at, [], [], TICK)
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 4096)
            self.reap()
            if self.listener in ready:
                connection = self.fork()
                if connection:
                    signal.set_wakeup_fd(-1)
                    os.close(wake)
                    os.close(waken)
                    return connection
            if listening and not self.wanted():
                self.retire()
                listening = False
        return None

    def fork(self) -> socket.socket | None:
        """Fork for who is next; in the child, return the connection."""
        try:
            connection, _ = self.listener.accept()
        except OSError:  # who was next has gone
            return None
        if not is_ours(connection) or has_gone(connection):
            connection.close()
            return None
        try:
            pid = os.fork()
        except OSError as error:  # no memory, no room for a process: the client runs it cold
            _say(f"cannot fork: {error.strerror}")
            connection.close()
            return None
        if pid:
            self.children[pid] = connection
            self.used = time.monotonic()
            return None
        self.listener.close()
        for other in self.children.values():
            other.close()
        return connection

    def reap(self) -> None:
        """Take note of who has ended, and tell their clients."""
        ended = False
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                ended = True
                connection = self.children.pop(pid, None)
                if connection:
                    self.used = time.monotonic()
                    with connection, contextlib.suppress(OSError):  # it may have heard, and gone
                        say_end(connection, os.waitstatus_to_exitcode(status))
        if ended:
            end_orphans(self.children)

    def wanted(self) -> bool:
        """Return whether a client would still come here: to this code, by this socket."""
        if not self.children and time.monotonic() - self.used > self.idle:
            return False
        try:
            return (
                self.socket.stat().st_ino == self.inode and stamp_of(self.environment) == self.name
            )
        except OSError:
            return False

    def retire(self) -> None:
        """Be found no more. Who has connected already is told by the end of the connection."""
        with contextlib.suppress(OSError), lock(self.socket.parent):
            if self.socket.stat().st_ino == self.inode:
                self.socket.unlink()
        self.listener.close()
        _say("retires")


def preload() -> None:
    """Import everything, and keep it out of the children's garbage collections."""
    gc.disable()
    for module in PRELOADED:
        importlib.import_module(module)
    _complete(BaseModel)
    gc.collect()
    gc.freeze()
    gc.enable()


def _complete(model: type[BaseModel]) -> None:
    """Build the models that pydantic leaves to their first use: that would be in each child."""
    for each in model.__subclasses__():
        if not each.__pydantic_complete__:
            each.model_rebuild(raise_errors=False)
        _complete(each)


def main() -> None:
    """Be a warm parent; in a child, be the run."""
    ending = Ending()
    listener = socket.socket(fileno=int(sys.argv[1]))
    parent = Parent(listener, sys.argv[2])
    adopt()
    preload()
    read = sources(parent.environment, os.getcwd())  # noqa: PTH109
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
    if threads > 1:
        raise SystemExit(f"warm parent {os.getpid()}: {threads} threads: no fork is safe")
    _say(f"is ready: {parent.name}")
    connection = parent.serve()
    if connection:
        request = become(connection)
        ending.connection = connection
        run(request, ending, read)


def _say(what: str) -> None:
    sys.stderr.write(f"{time.strftime('%F %T')} warm parent {os.getpid()} {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
