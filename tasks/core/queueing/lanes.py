"""What waits, by repository: who needs a slot most, and which of its reviews is next."""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from collections.abc import Collection, Iterator

from tasks.core.plan import TaskPriority
from tasks.core.queueing.policy import QueuePolicy
from tasks.core.queueing.runs import Running, Started, Waiting


class Lanes:
    """A line of reviews for each repository; one for all where fairness is off.

    Age lifts only where a repository has less than its share of the slots. Otherwise a hundred
    reviews of one repository, grown old together, would go before another's fresh one.
    """

    def __init__(
        self,
        waiting: Collection[Waiting],
        running: Collection[Running],
        policy: QueuePolicy,
        now: float,
        served: Collection[Started],
    ) -> None:
        self._policy, self._now = policy, now
        self._lines: dict[str, dict[TaskPriority, deque[Waiting]]] = {}
        for one in sorted(waiting, key=Waiting.age):
            line = self._lines.setdefault(self._lane(one), {})
            line.setdefault(one.priority, deque()).append(one)
        self.busy = Counter(one.repository for one in running)
        self._last: dict[str, float] = {}
        for start in (*served, *running):
            self._last[start.repository] = max(
                start.started, self._last.get(start.repository, -math.inf)
            )
        repositories = {one.repository for one in waiting} | set(self.busy)
        shared = policy.fair and len(repositories) > 1
        self._share = policy.slots / len(repositories) if shared else math.inf

    def level(self, one: Waiting) -> TaskPriority:
        """Return what a review counts as by its priority, its age and its repository's share."""
        if self.busy[one.repository] >= self._share:
            return one.priority
        return one.counts_as(self._policy, self._now)

    def take(self, one: Waiting) -> None:
        """Let the first of its priority and repository leave the line, as if it had a slot."""
        line = self._lines[self._lane(one)]
        line[one.priority].popleft()
        if not line[one.priority]:
            del line[one.priority]
        self.busy[one.repository] += 1
        self._last[one.repository] = self._now

    def heads(self) -> Iterator[Waiting]:
        """Yield who is next until nobody waits; each has to be taken before the next."""
        heap = [self._need(lane) for lane, line in self._lines.items() if line]
        heapq.heapify(heap)
        while heap:
            *_, lane = heap[0]
            yield self._head(lane)
            # nobody else's need has changed by that
            if self._lines[lane]:
                heapq.heapreplace(heap, self._need(lane))
            else:
                heapq.heappop(heap)

    def _lane(self, one: Waiting) -> str:
        return one.repository if self._policy.fair else ""

    def _head(self, lane: str) -> Waiting:
        firsts = (queue[0] for queue in self._lines[lane].values())
        return max(firsts, key=lambda one: (self.level(one), one.priority))

    def _need(self, lane: str) -> tuple[int, int, float, tuple[float, str], str]:
        head = self._head(lane)
        last = self._last.get(lane, -math.inf)
        return -self.level(head), self.busy[lane], last, head.age(), lane
