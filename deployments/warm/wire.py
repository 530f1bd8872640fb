"""What client and child say to each other, over a Unix socket.

The child says hello; the client sends a request and four descriptors; the child says that it is
ready and hands over a descriptor of itself; the client says go; the end is told by the child, or,
where a signal ended it, by the parent. Before go nothing of the run has happened, so that a
client that gets no answer may run it otherwise. Before hello it sends nothing: descriptors that
wait at a parent that hangs would keep the client's streams open.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from typing import NamedTuple

HELLO = b"h"
GO = b"g"
READY = b"r"
LENGTH = struct.Struct("!Q")
CREDENTIALS = struct.Struct("3i")  # unix(7), SO_PEERCRED: pid, uid, gid
END = struct.Struct("!i")

STREAMS = 3
"""Standard input, output and errors; after them comes the lifeline."""


class Request(NamedTuple):
    """How a client was started: what its run shall have too."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    ignored: list[int]


def is_ours(connection: socket.socket) -> bool:
    """Return whether a process of our own user is at the other end."""
    if sys.platform != "linux":
        return False
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    return bool(CREDENTIALS.unpack(raw)[1] == os.geteuid())


def has_gone(connection: socket.socket) -> bool:
    """Return whether the client has given up, or only wanted to wake us."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def send_request(connection: socket.socket, request: Request, descriptors: list[int]) -> None:
    """Send a request with the descriptors that belong to it."""
    body = json.dumps(request).encode("ascii")
    socket.send_fds(connection, [LENGTH.pack(len(body))], descriptors)
    connection.sendall(body)


def receive_request(connection: socket.socket) -> tuple[Request, list[int]]:
    """Return a request and its descriptors, which no program that we start inherits.

    Raises:
        EOFError: the client has gone.
    """
    flags = socket.MSG_CMSG_CLOEXEC if sys.platform == "linux" else 0
    head, descriptors, *_ = socket.recv_fds(connection, LENGTH.size, STREAMS + 1, flags)
    if len(head) < LENGTH.size or len(descriptors) <= STREAMS:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    body = b""
    while len(body) < length:
        part = connection.recv(min(length - len(body), 1 << 20))
        if not part:
            raise EOFError
        body += part
    return Request(*json.loads(body)), descriptors


def say_ready(connection: socket.socket, process: int) -> None:
    """Tell the client that its run can begin; ``process`` is a descriptor of the child."""
    socket.send_fds(connection, [READY], [process])


def hear_ready(connection: socket.socket) -> int | None:
    """Return the descriptor of the child that is ready, or None where nobody is left."""
    try:
        said, descriptors, *_ = socket.recv_fds(connection, len(READY), 1)
    except ConnectionError:
        return None
    return descriptors[0] if said == READY and descriptors else None


def say_end(connection: socket.socket, status: int) -> None:
    """Tell how a run ended: its exit status, or the negative number of a signal."""
    connection.send(END.pack(status), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


def hear_end(connection: socket.socket) -> int | None:
    """Return how the run ended, or None where nobody is left who could tell."""
    try:
        said = connection.recv(END.size)
    except OSError:
        return None
    return int(END.unpack(said)[0]) if len(said) == END.size else None
