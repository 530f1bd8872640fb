"""A server of git repositories on loopback, which asks who you are, counts, and can go wrong."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.fake_github.git_http import SETTINGS, serve

TOKEN = "ghs_" + "never" + "to-be-seen-again"
AUTHORIZATION = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


@dataclass
class Served:
    """What is served, what was asked, and what goes wrong.

    ``before`` is called with each request: it may answer it itself, and says then True. ``cut`` is
    how many bytes of a pack are sent before the connection ends; ``delay`` seconds are waited
    before each piece of one.
    """

    repositories: dict[str, Path]
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    cut: int = 1 << 60
    delay: float = 0
    before: Callable[[BaseHTTPRequestHandler], bool] = lambda _: False
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v3"

    def forget(self) -> None:
        self.asked.clear()
        self.sent = 0

    def fails(self, status: int, times: int = 1) -> None:
        """Answer so many requests with a status."""
        left = iter(range(times))

        def before(handler: BaseHTTPRequestHandler) -> bool:
            if next(left, None) is None:
                return False
            handler.send_response(status)
            handler.send_header("Content-Length", "0")
            handler.send_header("Location", "http://127.0.0.1:1/other/place.git/info/refs")
            handler.end_headers()
            return True

        self.before = before


class _Counted:
    """The way out of a request, on which bytes are counted, held up and cut off."""

    def __init__(self, out, served: Served, handler: BaseHTTPRequestHandler) -> None:
        self._out, self._served, self._handler = out, served, handler
        self._left = served.cut

    def write(self, data: bytes) -> int:
        pack = self._handler.command == "POST"
        if pack and self._served.delay:
            for start in range(0, len(data), 2048):
                time.sleep(self._served.delay)
                self._out.write(data[start : start + 2048])
        else:
            self._out.write(data[: self._left])
        self._served.sent += len(data)
        if pack and len(data) > self._left:
            self._handler.close_connection = True
            raise ConnectionResetError
        self._left -= len(data) if pack else 0
        return len(data)

    def __getattr__(self, name: str):
        return getattr(self._out, name)


@contextmanager
def git_server(**repositories: Path) -> Iterator[Served]:
    """Serve these folders as ``acme/NAME`` to who has the token."""
    served = Served({f"acme/{name}": folder for name, folder in repositories.items()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.asked.append(f"{self.command} {self.path}")
            if not served.before(self):
                self.wfile = _Counted(self.wfile, served, self)
                try:
                    serve(self, served.repositories, _allowed, served.settings)
                except ConnectionError:
                    self.close_connection = True
                self.wfile = self.wfile._out

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *arguments) -> None:
            pass

    def _allowed(authorization: str, repository: str) -> bool:
        return authorization == AUTHORIZATION

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
