"""The faults of the fake GitHub: how a test asks for them, and whose turn it is."""

from __future__ import annotations

import threading

from tests.fake_github.calls import Call
from tests.fake_github.faults import DroppedError, Fault, How
from tests.fake_github.people import People
from tests.fake_github.routing import Answer


class Misfortune(People):
    """The hub, where things go wrong on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = threading.Event()

    def fault(
        self,
        method: str = "",
        path: str = "",
        *,
        how: How,
        when: str = "before",
        times: int = 1,
        seconds: float = 5,
        retry_after: int | None = None,
        contains: str = "",
        after_bytes: int = 1000,
    ) -> Fault:
        """Let something go wrong with the next requests that match.

        `when`: before the request takes effect, or after. `how`: drop, slow (by `seconds`),
        truncate; rate_primary, rate_secondary_403, rate_secondary_429 (with `retry_after`); a
        status (401, 403, 404, 422, 500, 502, 503); or a function of the call that returns the
        `Answer`, or None for the real one. `path` is a regular expression, searched for in the
        path: REST's is without `/api/v3`, GraphQL's is `/api/graphql`. `contains` is searched
        for in a GraphQL document. What git is answered is cut off after `after_bytes`.
        """
        made = Fault(method, path, when, how, times, seconds, retry_after, contains, after_bytes)
        self.faults.append(made)
        return made

    def take_fault(self, call: Call, when: str) -> Fault | None:
        """Return the fault whose turn it is: it has one less."""
        with self.lock:
            for fault in self.faults:
                if fault.hits(call, when):
                    fault.times -= 1
                    return fault
        return None

    def strike(self, call: Call, when: str, real: Answer | None = None) -> Answer | None:
        """Let a fault happen; return the answer in place of the real one, if there is another.

        Raises:
            DroppedError: the connection is to be cut.
        """
        fault = self.take_fault(call, when)
        if fault is None:
            return None
        if fault.how == "drop":
            raise DroppedError
        if fault.how == "truncate":
            raise DroppedError(real or Answer(200, {"message": "cut " * 50}))
        if fault.how == "slow":
            self.closing.wait(fault.seconds)
            return None
        answer = fault.answer(call)
        if fault.how == "rate_primary" and answer:
            reset = str(int(call.at) + (fault.retry_after or 60))
            answer.headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        return answer
