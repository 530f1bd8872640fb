"""``review webhook`` as a user starts it, and a hand that signs like GitHub."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tasks.core.inbound.signature import signature
from tests.deployments.conftest import REVIEW

SECRET = "It's-a-Secret-to-Everybody"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PATIENCE = 90
"""Seconds in which whatever is waited for has happened, on the busiest machine."""

OURS = ("PREFECT", "REVIEW", "GITHUB", "GH_")
"""What the environment may say that would change what is done."""

PATH = "/github/webhook"


@dataclass
class Hook:
    """A webhook of a data folder."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    secret: str = SECRET
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self, *arguments: str) -> Hook:
        """Start it, and wait until it says where it answers."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(OURS)}
        self.process = subprocess.Popen(
            [REVIEW, "webhook", "--port", "0", *arguments],
            env={
                **kept,
                "REVIEW_HOME": str(self.home),
                "REVIEW_WEBHOOK_SECRET": self.secret,
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun = len(self.lines)
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.until(lambda: any("answers at" in line for line in self.lines[begun:]))
        (line,) = [line for line in self.lines[begun:] if "answers at" in line]
        self.url = re.search(r"http://[^/]+", line)[0]  # type: ignore[index]
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        self.lines.extend(line.rstrip("\n") for line in process.stderr)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it; return its status."""
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until it is true."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert self.process
            assert time.monotonic() < end, "\n".join(self.lines)
            assert self.process.poll() is None, "\n".join(self.lines)
            time.sleep(0.05)

    def said(self, text: str) -> Callable[[], bool]:
        """Return what is true when a line of its log has this text."""
        return lambda: any(text in line for line in self.lines)

    def send(
        self,
        payload: Any,
        event: str = "pull_request",
        id_: str = "",
        secret: str = "",
        **headers: str,
    ) -> httpx.Response:
        """Send a delivery; headers whose value is empty are left out."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        told = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": id_ or str(uuid4()),
            "x-hub-signature-256": signature(body, (secret or self.secret).encode()),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        told = {name: value for name, value in told.items() if value}
        return httpx.post(f"{self.url}{PATH}", content=body, headers=told, timeout=60)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=60)

    def raw(self, *pieces: bytes, end: bool = False) -> bytes:
        """Send bytes as they are; return all that is answered until the connection ends."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=60) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
                if end:
                    line.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has left already, as it may
            said = b""
            try:
                while read := line.recv(65536):
                    said += read
            except ConnectionResetError:
                pass
            return said


def pull_request(
    number: int = 1,
    head: str = "a" * 40,
    *,
    action: str = "opened",
    repository: str = "acme/shop",
    after: float = 0,
    **more: Any,
) -> dict[str, Any]:
    """Return a payload with the fields that are read; ``after`` are seconds after noon."""
    return {
        "action": action,
        "number": number,
        "repository": {"full_name": repository},
        "sender": {"login": "ann", "type": "User"},
        "pull_request": {
            "number": number,
            "state": "closed" if action == "closed" else "open",
            "title": "A change",
            "updated_at": (NOON + timedelta(seconds=after)).isoformat(),
            "user": {"login": "ann", "type": "User"},
            "labels": [],
            "draft": False,
            "merged": False,
            "head": {"ref": "change", "sha": head, "repo": {"full_name": repository}},
            "base": {"ref": "main", "sha": "b" * 40, "repo": {"full_name": repository}},
            **more,
        },
    }
