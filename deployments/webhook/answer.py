"""What GitHub, or whoever asks, is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

ACCEPTED, KNOWN, IGNORED, REFUSED = "accepted", "known", "ignored", "refused"

OK, TAKEN = 200, 202
MALFORMED, UNSIGNED, SLOW, TOO_LARGE, WRONG_TYPE, AWAY = 400, 401, 408, 413, 415, 503

WORDS: Mapping[int, str] = {
    MALFORMED: "malformed",
    UNSIGNED: "unsigned",
    SLOW: "slow",
    TOO_LARGE: "too large",
    WRONG_TYPE: "of another type",
    AWAY: "not kept",
}
"""Why something was refused, in a word, for who counts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what is said with it; ``event`` is empty where GitHub has not proven it."""

    code: int
    status: str
    reason: str
    event: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """Return what it is counted as."""
        return WORDS.get(self.code, self.status) if self.status == REFUSED else self.status


def refused(
    code: int, reason: str, *, event: str = "", headers: Mapping[str, str] | None = None
) -> Answer:
    """Return a refusal. What was not read of its request is not waited for."""
    return Answer(code, REFUSED, reason, event, {"connection": "close", **(headers or {})})


def told(answer: Answer) -> Response:
    """Return it as it is sent."""
    text = json.dumps({"status": answer.status, "reason": answer.reason})
    return Response(text, answer.code, dict(answer.headers), "application/json")
