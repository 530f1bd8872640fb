"""The fake GitHub's HTTP server: one port on loopback, with URLs like GitHub Enterprise's.

REST at `/api/v3/...`, GraphQL at `/api/graphql`, git at `/OWNER/NAME.git/...`.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any, Self

from tests.fake_github.calls import Call
from tests.fake_github.descriptions import UnobtainableError
from tests.fake_github.exchange import GRAPHQL, REST
from tests.fake_github.graphql import schema
from tests.fake_github.handler import Handler
from tests.fake_github.misfortune import Misfortune


class FakeGitHub(Misfortune):
    """The fake GitHub: `with FakeGitHub() as hub: ...`."""

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self._server = _Server(port, self)
        self.web_url = f"http://127.0.0.1:{self._server.server_port}"
        self.api_url, self.graphql_url = self.web_url + REST, self.web_url + GRAPHQL

    def __enter__(self) -> Self:
        with contextlib.suppress(UnobtainableError):
            schema()  # seconds on a busy machine, once: no client's time-out is meant for that
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()

    @property
    def writes(self) -> list[Call]:
        """Every request that changes something, or tried to."""
        return [call for call in self.calls if call.is_write]

    @property
    def write_count(self) -> int:
        """How many writes took effect, also if nobody was told."""
        return sum(call.took_effect for call in self.writes)


class _Server(ThreadingHTTPServer):
    """A thread for each connection; all of them end with the server."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, port: int, hub: FakeGitHub) -> None:
        self.hub = hub
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Cut what clients keep open, so that no thread waits for them."""
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):  # the client was first
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that are gone: a test may have killed them."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
