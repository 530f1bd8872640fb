"""A program that webhooks are delivered to, and that remembers them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """What a program that listens to webhooks has got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.more = threading.Condition()
        self.status = 202
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.more:
                    receiver.got.append((dict(self.headers), body))
                    receiver.more.notify_all()
                self.send_response(receiver.status)
                self.end_headers()
                self.wfile.write(b"accepted")

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/github/webhook?a=b"

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Wait until so many have come."""
        with self.more:
            assert self.more.wait_for(lambda: len(self.got) >= count, seconds), self.got


@contextlib.contextmanager
def listening() -> Iterator[Receiver]:
    """Listen, and stop to."""
    served = Receiver()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()
        thread.join()
