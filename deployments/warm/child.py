"""A forked child takes its client's place, and runs Prefect's engine as the stock command does."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import runpy
import select
import signal
import socket
import sys
from typing import NoReturn

from deployments.warm.finding import PATIENCE
from deployments.warm.reading import Sources, read_again, sources
from deployments.warm.wire import GO, HELLO, STREAMS, Request, receive_request, say_end, say_ready

ENGINE = "prefect.engine"


class Ending:
    """The last thing of a process: made before anything is imported, so that it comes last.

    It spares the child from taking apart all that its parent imported.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.connection: socket.socket | None = None
        atexit.register(self._end)

    def _end(self) -> None:
        if self.connection is None or self.status is None:
            return  # the parent's own end, or that of a child which a signal ends
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                self.status = self.status or 120  # as Python itself does
        with contextlib.suppress(OSError):  # the client is dead, and the kernel about to kill us
            say_end(self.connection, self.status)
        os._exit(self.status)


def become(connection: socket.socket) -> Request:
    """Take on what the client has; return its request when it says go."""
    connection.settimeout(PATIENCE)
    try:
        connection.sendall(HELLO)
        request, descriptors = receive_request(connection)
    except (OSError, EOFError):
        os._exit(0)  # the client has gone
    os.setsid()
    for number in range(STREAMS):
        os.dup2(descriptors[number], number)
        os.close(descriptors[number])
    _die_with(descriptors[STREAMS])
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ignored in request.ignored:
        signal.signal(ignored, signal.SIG_IGN)
    os.umask(request.umask)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    process = os.pidfd_open(os.getpid())
    say_ready(connection, process)
    os.close(process)
    if connection.recv(len(GO)) != GO:
        os._exit(0)  # the client has gone, or does it otherwise
    connection.settimeout(None)
    return request


def _die_with(lifeline: int) -> None:
    """Have the kernel kill our group when the other end of a pipe is closed: when its owner dies.

    The parent may be dead by then, and a thread of ours might not get its turn.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, select.POLLHUP)
    if poll.poll(0):  # it was dead before
        os._exit(0)


def run(request: Request, ending: Ending, read: Sources) -> NoReturn:
    """Run the engine as ``python -m prefect.engine`` would, and end as that would.

    ``read`` is what the parent has read: reading it again takes a tenth of a second.
    """
    _as_if_new(request, read)
    try:
        runpy.run_module(ENGINE, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        ending.status = _status(end.code)
        raise
    except KeyboardInterrupt:
        raise  # Python ends by the signal
    except BaseException:
        ending.status = 1
        raise
    ending.status = 0
    raise SystemExit(0)


def _as_if_new(request: Request, read: Sources) -> None:
    """Make it what a new process would find, where the parent's is not that already."""
    if "PYTHONSAFEPATH" not in request.environment:
        sys.path.insert(0, request.folder)
    sys.argv = [ENGINE, *request.arguments]
    sys.modules.pop(ENGINE, None)  # it is to run as __main__, as if nobody had imported it
    if sources(request.environment, request.folder) != read:
        read_again()


def _status(code: object) -> int:
    """Return the exit status that Python makes of what ``exit`` was given."""
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1
