"""Which of our threads is about which finding: so that nothing is said twice, or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from tasks.core.finding import Finding
from tasks.core.forge.conversation import Remark, Thread
from tasks.core.forge.markers import FindingMark, read_finding

Looked = Callable[[str, str], bool]
"""Whether a step (by its name) looked at a path of this head."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What stands on GitHub already, what does not yet, and what is to be settled.

    ``open`` is by the id of the thread. ``gone`` are threads whose finding is no more.
    """

    open: Mapping[str, Finding]
    unsaid: tuple[Finding, ...]
    gone: tuple[Thread, ...]


def match(
    findings: Sequence[Finding],
    threads: Iterable[Thread],
    *,
    head: str,
    looked: Looked,
    others: Sequence[Finding],
) -> Matched:
    """Return what our threads make of the findings of this head.

    First by the exact fingerprint, then by that of the line: so a thread follows its
    finding through a rebase, a force push or an edit beside the line. ``others`` are findings
    that are there and do not count (dismissed, old, on lines that the change does not touch):
    they are not said, but their threads are not settled either. A thread is settled
    only where its step ``looked`` at its file: what nobody looked for is not fixed.
    One that says "fixed" and is open does not say its finding any more: where that is there
    again, it is said anew.
    """
    marked = {thread.id: (thread, mark) for thread, mark in _marked(threads)}
    standing = {id_: about for id_, about in marked.items() if not about[1].fixed}
    fixed = {id_: about for id_, about in marked.items() if about[1].fixed}
    found = [*findings, *others]
    pairs = _pairs(standing, found)
    repeated = {marked[thread][1].fingerprint for thread in pairs}
    taken = set(pairs.values())
    left = [finding for at, finding in enumerate(found) if at not in taken]
    back = _pairs(fixed, left)
    return Matched(
        open={thread: found[at] for thread, at in pairs.items() if at < len(findings)},
        unsaid=tuple(finding for at, finding in enumerate(findings) if at not in taken),
        gone=tuple(
            thread
            for thread, mark in marked.values()
            if thread.id not in {*pairs, *back}
            and mark.fingerprint not in repeated  # said twice by us, which is another matter
            and _is_ours_to_settle(thread, mark, head)
            and looked(mark.step, thread.path)
        ),
    )


def twice(threads: Iterable[Thread]) -> tuple[Remark, ...]:
    """Return the comments of ours that say again what an open thread of ours says.

    One stays: the oldest that a person has answered in, else the oldest. One that says "fixed"
    says it no more: it is never among them, nor the reason that another is.
    """
    said: dict[str, list[Thread]] = {}
    for thread, mark in _marked(threads):
        if not (thread.resolved or mark.fixed):
            said.setdefault(mark.fingerprint, []).append(thread)
    doubles: list[Remark] = []
    for same in said.values():
        untouched = [thread.remarks[0] for thread in same if not _answered(thread)]
        untouched.sort(key=lambda remark: (remark.at, remark.number))
        doubles += untouched[int(len(untouched) == len(same)) :]
    return tuple(doubles)


def _marked(threads: Iterable[Thread]) -> Iterable[tuple[Thread, FindingMark]]:
    """Yield our threads about a finding, without those that we settled."""
    for thread in threads:
        mark = read_finding(thread.remarks[0].body) if thread.ours else None
        if mark is not None and not (mark.fixed and thread.resolved):
            yield thread, mark


def _answered(thread: Thread) -> bool:
    """Return whether somebody spoke in it after us.

    We never answer in a thread. With a person's token, their answers count as ours to GitHub.
    """
    return len(thread.remarks) > 1


def _is_ours_to_settle(thread: Thread, mark: FindingMark, head: str) -> bool:
    """Return whether nobody else has a say in it.

    A thread that says it was fixed in an earlier head, and is open, was reopened by a
    person. Where it was this head, we did not get as far as resolving it.
    """
    return not thread.resolved and not _answered(thread) and mark.fixed in {"", head}


def _pairs(
    marked: Mapping[str, tuple[Thread, FindingMark]], found: Sequence[Finding]
) -> dict[str, int]:
    """Return which thread has which finding, each of them once."""
    pairs: dict[str, int] = {}
    taken: set[int] = set()
    for print_of in (attrgetter("fingerprint"), attrgetter("line_fingerprint")):
        by_print: dict[str, list[int]] = {}
        for at, finding in enumerate(found):
            if at not in taken and print_of(finding):
                by_print.setdefault(print_of(finding), []).append(at)
        near = sorted(
            (thread.resolved, _distance(thread, found[at]), order, thread.id, at)
            for order, (thread, mark) in enumerate(marked.values())
            if thread.id not in pairs
            for at in by_print.get(print_of(mark), ())
        )
        for *_, thread_id, at in near:
            if thread_id not in pairs and at not in taken:
                pairs[thread_id] = at
                taken.add(at)
    return pairs


def _distance(thread: Thread, finding: Finding) -> float:
    """Return how many lines lie between them; a thread whose line is gone is the farthest."""
    return abs(thread.line - finding.line) if thread.line else float("inf")
