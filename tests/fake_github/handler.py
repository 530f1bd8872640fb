"""Bytes in, bytes out: one connection to the fake GitHub."""

from __future__ import annotations

import json
import time
import traceback
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from tests.fake_github import git_http
from tests.fake_github.calls import Call
from tests.fake_github.exchange import GRAPHQL, REST, Exchange, may_fetch, parse
from tests.fake_github.faults import DroppedError
from tests.fake_github.routing import Answer, refused

if TYPE_CHECKING:
    from tests.fake_github.server import FakeGitHub

BODYLESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Handler(BaseHTTPRequestHandler):
    """Reads requests, and sends what is answered."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "github.com", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one packet
    call: Call

    @property
    def hub(self) -> FakeGitHub:
        """The state that this is the face of."""
        return cast("FakeGitHub", cast("Any", self.server).hub)

    def _serve(self) -> None:
        url = urlsplit(self.path)
        at = time.time() + self.hub.offset
        if git_http.is_git(self.path):
            self._note(Call(self.command, url.path, "git", at, url.query))
            return self._git()
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        graphql = url.path == GRAPHQL and self.command == "POST"
        if not graphql and not url.path.startswith(f"{REST}/"):
            self.hub.unknown.append(f"{self.command} {url.path}")
            return self._send(refused(404, f"The fake GitHub has nothing at {url.path}"))
        path, kind = (url.path, "graphql") if graphql else (url.path[len(REST) :], "rest")
        self._note(Call(self.command, path, kind, at, url.query, parse(raw)))
        exchange = Exchange(self.hub, self.call, _titled(self.headers), raw)
        try:
            return self._send(exchange.answer())
        except DroppedError as cut:
            return self._cut(cut.answer)
        except Exception:  # noqa: BLE001 - a bug of the fake; the test that met it shall fail
            self.hub.unknown.append(traceback.format_exc())
            return self._send(refused(500, "The fake GitHub is broken"))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _note(self, call: Call) -> None:
        self.call = call
        self.hub.calls.append(call)

    def _git(self) -> None:
        """Let git answer; its answers can be cut short, too."""
        fault = self.hub.take_fault(self.call, "before")
        if fault and fault.how == "drop":
            return self._cut(None)
        if fault and fault.how == "slow":
            self.hub.closing.wait(fault.seconds)
        answer = fault.answer(self.call) if fault else None
        if answer:
            self.close_connection = True  # what git sent is not read
            answer.headers["Connection"] = "close"
            return self._send(answer)
        whole = self.wfile
        if fault and fault.how == "truncate":
            self.wfile = cast("Any", _Short(cast("BinaryIO", whole), fault.after_bytes))
        try:
            with self.hub.lock:
                repos = dict(self.hub.repositories)
                for repo in repos.values():
                    self.hub.pulls(repo)  # so that refs/pull/N/head are what was pushed
            folders = {name: repo.folder for name, repo in repos.items()}
            git_http.serve(self, folders, lambda *asked: may_fetch(self.hub, *asked))
        finally:
            self.wfile = whole
        if fault and fault.how == "truncate":
            return self._cut(None)
        return None

    def _send(self, answer: Answer) -> None:
        head, body = self._written(answer)
        self.send_response(answer.status)
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _written(self, answer: Answer) -> tuple[dict[str, str], bytes]:
        """Return headers and body as they go over the wire."""
        page = isinstance(answer.body, str)
        body = str(answer.body).encode() if page else json.dumps(answer.body).encode()
        if answer.status in BODYLESS:
            return answer.headers, b""
        head = {
            "Content-Type": "text/html" if page else "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "X-GitHub-Request-Id": f"FAKE:{len(self.hub.calls)}",
        }
        return head | answer.headers, body

    def _cut(self, answer: Answer | None) -> None:
        """End the connection, after half of an answer or none of it."""
        if answer is not None:
            head, body = self._written(answer)
            self.send_response(answer.status)
            for name, value in head.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        self.close_connection = True

    def send_response(self, code: int, message: str | None = None) -> None:
        """Remember what is answered."""
        self.call.status = int(code)
        super().send_response(code, message)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _titled(headers: Message) -> dict[str, str]:
    """Return headers by names in one spelling: clients have several."""
    return {name.title(): value for name, value in headers.items()}


class _Short:
    """A file that loses what is written to it after so many bytes."""

    def __init__(self, whole: BinaryIO, most: int) -> None:
        self._whole, self._left = whole, most

    def write(self, piece: bytes) -> int:
        """Write what is still let through."""
        self._whole.write(piece[: self._left])
        if len(piece) > self._left:
            self._whole.flush()
            raise ConnectionResetError
        self._left -= len(piece)
        return len(piece)

    def flush(self) -> None:
        """Send what was written."""
        self._whole.flush()
