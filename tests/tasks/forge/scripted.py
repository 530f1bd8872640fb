"""A server on loopback that answers what a test wrote down, in that order, and remembers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Says:
    """One answer. How: "drop" closes before it, "cut" within it, "slow" is too late."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    how: str = ""


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """The answers to come; after the last, everything is 200 and empty."""

    url: str
    answers: list[Says] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def says(self, *answers: Says) -> None:
        self.answers.extend(answers)

    @property
    def api(self) -> str:
        return f"{self.url}/api/v3"


@contextmanager
def serving() -> Iterator[Script]:
    """Run the server for as long as the test."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.loads(sent) if sent else None
            script.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            says = script.answers.pop(0) if script.answers else Says()
            if says.how == "slow":
                script.release.wait(10)
            if says.how in {"drop", "slow"}:
                self.close_connection = True
                return
            content = says.body if isinstance(says.body, str) else json.dumps(says.body)
            self.send_response(says.status)
            for name, value in says.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.close_connection = says.how == "cut"
            self.wfile.write(content[: len(content) // 2 if says.how == "cut" else None].encode())

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Script(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield script
    finally:
        script.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
