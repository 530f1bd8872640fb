"""Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tests.fake_github.access import Caller
from tests.fake_github.calls import Call
from tests.fake_github.routing import Answer, refused

HOUR, MINUTE = 3600, 60
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
CREATION = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content"
    " creation. Please retry your request again later."
)


@dataclass
class Limits:
    """What a test can set. `status` is 403 or 429, `retry_after` None: that header is missing."""

    an_hour: int = 5000
    actions_an_hour: int = 1000
    points_a_minute: int = 900
    creations_a_minute: int = 80
    creations_an_hour: int = 500
    status: int = 403
    retry_after: int | None = MINUTE

    def most(self, caller: Caller | None, resource: str) -> int:
        """How many requests an hour somebody has."""
        actions = caller is not None and caller.kind == "actions" and resource == "core"
        return min(self.an_hour, self.actions_an_hour) if actions else self.an_hour


@dataclass
class Meter:
    """What one account used of one resource (core, graphql)."""

    used: int = 0
    reset: float = 0
    points: deque[tuple[float, int]] = field(default_factory=deque)
    creations: deque[float] = field(default_factory=deque)

    def turn(self, now: float) -> None:
        """Begin a new hour, forget the minute before."""
        if now >= self.reset:
            self.used, self.reset = 0, now + HOUR
        while self.points and self.points[0][0] <= now - MINUTE:
            self.points.popleft()
        while self.creations and self.creations[0] <= now - HOUR:
            self.creations.popleft()

    def headers(self, most: int, resource: str) -> dict[str, str]:
        """The headers that every answer has."""
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - self.used)),
            "X-RateLimit-Used": str(min(self.used, most)),
            "X-RateLimit-Reset": str(int(self.reset)),
            "X-RateLimit-Resource": resource,
        }

    def count(self, call: Call) -> None:
        """Count a request that was let through."""
        self.points.append((call.at, call.points))
        if call.creates_content:
            self.creations.append(call.at)


def exceeded(limits: Limits, meter: Meter, caller: Caller | None, call: Call) -> Answer | None:
    """The answer to a request that is one too many; None: it is not."""
    resource = "graphql" if call.kind == "graphql" else "core"
    if meter.used >= limits.most(caller, resource):
        return primary(caller, call.kind)
    lately = sum(1 for at in meter.creations if at > call.at - MINUTE)
    creations = lately >= limits.creations_a_minute or len(meter.creations) >= (
        limits.creations_an_hour
    )
    if call.creates_content and creations:
        return secondary(limits.status, limits.retry_after, CREATION)
    if sum(points for _, points in meter.points) + call.points > limits.points_a_minute:
        return secondary(limits.status, limits.retry_after)
    return None


def primary(caller: Caller | None, kind: str = "rest") -> Answer:
    """The answer when the hour's requests are used up: GraphQL's has status 200."""
    who = (
        f"{'installation' if caller.integration else 'user'} ID {caller.account.id}"
        if caller
        else "you"
    )
    message = f"API rate limit exceeded for {who}."
    if kind == "graphql":
        return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": message}]})
    return refused(403, message)


def secondary(status: int, retry_after: int | None, message: str = SECONDARY) -> Answer:
    """The answer when somebody is too fast."""
    answer = refused(status, message)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
