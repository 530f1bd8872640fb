"""What goes wrong on purpose: before a request took effect, or after."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fake_github.calls import Call
from tests.fake_github.limits import primary, secondary
from tests.fake_github.routing import Answer, refused

MESSAGES = {
    "401": "Bad credentials",
    "403": "Resource not accessible by integration",
    "404": "Not Found",
    "422": "Unprocessable Entity",
    "500": "Server Error",
    "503": "Service Unavailable",
}
BAD_GATEWAY = "<html><body><h1>502 Bad Gateway</h1>The server returned an error.</body></html>"
How = str | Callable[[Call], Answer | None]


class DroppedError(Exception):
    """The connection is cut; of the answer, the first half is sent if there is one.

    A test's `before_write` may raise it, so that a write never takes effect.
    """

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__()
        self.answer = answer


@dataclass(eq=False)
class Fault:
    """Something that happens to requests. See `FakeGitHub.fault`."""

    method: str
    path: str
    when: str
    how: How
    times: int
    seconds: float
    retry_after: int | None
    contains: str
    after_bytes: int

    def hits(self, call: Call, when: str) -> bool:
        """Whether it is this request's turn."""
        document = call.body.get("query", "") if isinstance(call.body, dict) else ""
        return (
            self.times > 0
            and self.when == when
            and self.method in {call.method, ""}
            and re.search(self.path, call.path) is not None
            and (not self.contains or (isinstance(document, str) and self.contains in document))
        )

    def answer(self, call: Call) -> Answer | None:
        """The answer in place of the real one; None: the real one."""
        if callable(self.how):
            return self.how(call)
        if self.how == "rate_primary":
            return primary(None, call.kind)
        if self.how.startswith("rate_secondary_"):
            return secondary(int(self.how[-3:]), self.retry_after)
        if self.how == "502":
            return Answer(502, BAD_GATEWAY)  # a proxy's, and no JSON
        if self.how in MESSAGES:
            answer = refused(int(self.how), MESSAGES[self.how])
            if self.retry_after is not None:
                answer.headers["Retry-After"] = str(self.retry_after)
            return answer
        return None  # drop, slow, truncate: the server does that
