"""What a worker starts for a flow run: has it forked by the warm parent, and stands in for it.

    python -P -m deployments.warm.client [FLOW RUN ID]

The run has this process's arguments, environment, folder and streams, gets its signals, dies when
it dies, and its exit status is this one's. Imports no Prefect: it is there in milliseconds.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from functools import partial
from typing import NamedTuple, NoReturn

from deployments.warm.finding import PATIENCE, NoParentError, disown, reach
from deployments.warm.wire import GO, HELLO, STREAMS, Request, hear_end, hear_ready, send_request

PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
LOST = 70
"""The exit status where child and parent were killed, and nobody can say how: EX_SOFTWARE."""

ATTEMPTS = 3
"""A parent may retire between two looks; the next one does not at once."""

LAST_WORDS = 10
"""Seconds to wait for the parent's word on a child that is dead."""


class Run(NamedTuple):
    """A flow run that has been told to go: who tells of its end, and a descriptor of it."""

    connection: socket.socket
    process: int


def main() -> NoReturn:
    """Run, warm if that can be, and leave as the run did."""
    environment = dict(os.environ)
    request = Request(sys.argv[1:], environment, os.getcwd(), _umask(), _ignored())  # noqa: PTH109
    try:
        run = begin(request)
    except (NoParentError, OSError) as why:
        cold(request, str(why))
    leave(follow(run))


def begin(request: Request) -> Run:
    """Have a run forked, and let it go.

    Raises:
        NoParentError, OSError: nobody could; nothing of the run has happened.
    """
    # what the child holds of it becomes readable when we are dead; then the kernel kills it
    lifeline, _held = os.pipe()
    for _ in range(ATTEMPTS):
        connection, new = reach(request.environment)
        try:
            process = None
            if connection.recv(len(HELLO)) == HELLO:
                send_request(connection, request, [*range(STREAMS), lifeline])
                process = hear_ready(connection)
        except TimeoutError:
            disown(request.environment)
            raise NoParentError(f"it did not answer in {PATIENCE:.0f} s") from None
        except ConnectionError:
            process = None
        if process is None:
            connection.close()  # it has retired, or failed, and said why in its log
            if new:
                break  # another one would not do better
            continue
        os.close(lifeline)
        run = Run(connection, process)
        for number in PASSED_ON:
            if signal.getsignal(number) == signal.SIG_IGN:
                continue  # as under nohup: what does not end us does not end the run
            signal.signal(number, partial(_pass_on, process))
        connection.sendall(GO)
        return run
    raise NoParentError("it ended before it answered; see parent.log in the data folder's warm/")


def follow(run: Run) -> int:
    """Wait until the run has ended; return its status, negative for a signal."""
    poll = select.poll()
    poll.register(run.process, select.POLLIN)
    poll.poll()
    run.connection.settimeout(LAST_WORDS)
    status = hear_end(run.connection)
    if status is None:
        sys.stderr.write("warm start: the run and its warm parent were killed\n")
        return LOST
    return status


def leave(status: int) -> NoReturn:
    """End as the run did: with its status, or by the signal that it died of."""
    sys.stderr.flush()
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status if status >= 0 else 128 - status)


def cold(request: Request, why: str) -> NoReturn:
    """Become what Prefect would have started, and say so."""
    sys.stderr.write(f"warm start: no warm parent ({why}); starting Prefect anew\n")
    sys.stderr.flush()
    engine = [sys.executable, "-m", "prefect.engine", *request.arguments]
    os.execve(sys.executable, engine, request.environment)  # noqa: S606 - that is the point


def _pass_on(process: int, number: int, _: object) -> None:
    try:
        signal.pidfd_send_signal(process, number)
    except ProcessLookupError:
        return  # it has just ended, and that is what we shall say


def _ignored() -> list[int]:
    """Return the signals that we were born deaf to, as under ``nohup``: so is our run."""
    own = {signal.SIGPIPE, signal.SIGXFSZ}  # Python's own doing
    known = signal.valid_signals() - own
    return [int(number) for number in known if signal.getsignal(number) == signal.SIG_IGN]


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


if __name__ == "__main__":
    main()
