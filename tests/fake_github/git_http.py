"""Git over smart HTTP, read only: what the real ``git http-backend`` says, passed on.

https://git-scm.com/docs/http-protocol, https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

PLACE = re.compile(r"/([^/]+/[^/]+?)(?:\.git)?(/info/refs|/git-upload-pack)")

AT_ONCE = 64 * 1024

SETTINGS = {"uploadpack.allowAnySHA1InWant": "true", "safe.directory": "*", "gc.auto": "0"}
"""GitHub serves any commit it has by its id, also one that was pushed over."""


def is_git(path: str) -> bool:
    """Return whether a request's path is one that a git client fetches from."""
    return PLACE.fullmatch(urlsplit(path).path) is not None


def serve(
    handler: BaseHTTPRequestHandler,
    repositories: Mapping[str, Path],
    allowed: Callable[[str, str], bool],
    settings: Mapping[str, str] = SETTINGS,
) -> None:
    """Answer a GET or POST below ``/OWNER/NAME.git/`` as GitHub does.

    ``repositories`` are folders by ``OWNER/NAME``. ``allowed`` is asked with the request's
    ``Authorization``, or nothing, and the repository: who may not see it is told to say who
    they are (401), and after that, that there is none (404).
    """
    url = urlsplit(handler.path)
    place = PLACE.fullmatch(url.path)
    service = parse_qs(url.query).get("service", ["git-upload-pack"])[0]
    with tempfile.TemporaryFile() as question:
        for piece in _body(handler):
            question.write(piece)
        question.seek(0)
        name = unquote(place[1]) if place else ""
        authorization = handler.headers.get("Authorization", "")
        if place is None or service != "git-upload-pack":
            _refuse(handler, 403, "This stand-in only lets you fetch.\n")
        elif not authorization and not allowed("", name):
            _refuse(handler, 401, "")
        elif name not in repositories or not allowed(authorization, name):
            _refuse(handler, 404, "Repository not found.\n")
        else:
            environment = _environment(handler, f"{repositories[name]}{place[2]}", url.query)
            environment |= _configured(settings)
            _pass_on(handler, environment, question)


def _body(handler: BaseHTTPRequestHandler) -> Iterator[bytes]:
    """Yield a request's body, also one that comes in chunks: git sends what is long that way."""
    if "chunked" not in handler.headers.get("Transfer-Encoding", "").lower():
        yield handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        return
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        yield handler.rfile.read(size)
        handler.rfile.readline()
    while handler.rfile.readline().strip():  # trailers
        pass


def _refuse(handler: BaseHTTPRequestHandler, status: int, text: str) -> None:
    """Say no; git shows people a text that is plain."""
    handler.send_response(status)
    if status == 401:
        handler.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
    handler.send_header("Content-Type", "text/plain; charset=utf-8")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text.encode())


def _environment(handler: BaseHTTPRequestHandler, path: str, query: str) -> dict[str, str]:
    """Return what a CGI program is told about its request (RFC 3875)."""
    headers = handler.headers
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
        "REQUEST_METHOD": handler.command,
        "PATH_TRANSLATED": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),  # git unpacks gzip itself
        "REMOTE_ADDR": handler.client_address[0],
    }


def _configured(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings as git reads them from its environment."""
    said = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        said |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return said


def _pass_on(
    handler: BaseHTTPRequestHandler, environment: Mapping[str, str], question: IO[bytes]
) -> None:
    """Let git answer, as it goes: a pack may be larger than memory."""
    with subprocess.Popen(
        ["git", "http-backend"],
        env=environment,
        stdin=question,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as git:
        assert git.stdout is not None
        try:
            status, headers = _head(git.stdout)
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            chunked = handler.protocol_version >= "HTTP/1.1"
            handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else _CLOSE))
            handler.end_headers()
            while piece := git.stdout.read1(AT_ONCE):
                size = b"%x\r\n" % len(piece) if chunked else b""
                handler.wfile.write(size + piece + (b"\r\n" if chunked else b""))
            if chunked:
                handler.wfile.write(b"0\r\n\r\n")
        except ConnectionError:  # whoever asked has gone
            handler.close_connection = True
        finally:
            git.kill()


_CLOSE = "Connection", "close"


def _head(answer: IO[bytes]) -> tuple[int, dict[str, str]]:
    """Read the head of a CGI answer; a program that says nothing has failed."""
    headers: dict[str, str] = {}
    while line := answer.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    if not headers:
        return 500, {}
    return int(headers.pop("Status", "200").split()[0]), headers
