"""Serves the application on a port until it is told to end, and bears with whoever connects."""

from __future__ import annotations

import asyncio
import signal
import socket
from types import FrameType

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from tasks.errors import CannotReview

PATIENCE = 10.0
"""Seconds for the headers of a request."""

CONNECTIONS = 500
"""At once; who comes then is answered 503."""

HEADERS = 64 * 1024
"""Bytes of all headers of a request."""

FAREWELL = 10
"""Seconds for what is being answered when we are to end."""


class Impatient(H11Protocol):
    """Uvicorn's protocol, which by itself waits for ever for a request that does not come."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time."""
        super().connection_made(transport)
        self._waits = self.loop.call_later(PATIENCE, self._tired)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._waits.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; who breaks HTTP in the middle of a request is not listened to any more."""
        try:
            super().data_received(data)
        except h11.ProtocolError:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Give the next request its time, from its first byte on."""
        super().on_response_complete()
        self._waits.cancel()
        self._waits = self.loop.call_later(PATIENCE, self._tired)

    def _tired(self) -> None:
        """Leave who has not sent a whole request's headers in time."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        CannotReview: it cannot.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=512)
        # what is accepted inherits it; asyncio sets it only where the socket names its protocol
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        raise CannotReview(
            f"cannot listen on {host}, port {port}: {said}; name another with --port"
        ) from error
    return listener


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C; what is being answered then is answered."""
    config = uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEADERS,
        timeout_graceful_shutdown=FAREWELL,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _heard)  # uvicorn raises it once more when it has ended
    uvicorn.Server(config).run([listener])


def _heard(_: int, __: FrameType | None) -> None:
    """End as we were told, and well."""
