"""What people have said about our findings, in the order in which it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tasks.core.dismissal import SHORT, Dismissal, Scope
from tasks.core.forge.conversation import BOT, GHOST, Conversation, Remark, Thread
from tasks.core.forge.markers import FindingMark, read_finding
from tasks.core.forge.orders import Order, read_order

RESOLVED = "resolved the thread"

NOBODY = frozenset({"", GHOST})
"""Who cannot have said anything."""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said about a finding; ``refused`` says why it does not count.

    ``body`` are their words.
    """

    mark: FindingMark
    order: Order
    by: str
    path: str = ""
    at: str = ""
    body: str = ""
    refused: str = ""

    @property
    def key(self) -> str:
        """Return what tells findings apart: as many digits as people have to write."""
        return self.mark.fingerprint[:SHORT]

    def but_refused(self, why: str) -> Word:
        """Return it as a word that does not count."""
        return replace(self, refused=why)

    def dismissal(self, scope: Scope) -> Dismissal:
        """Return it as what it is to the verdict."""
        return Dismissal(
            fingerprint=self.mark.fingerprint,
            line_fingerprint=self.mark.line_fingerprint,
            rule=self.mark.rule,
            path=self.path,
            by=self.by,
            why=self.order.why,
            at=self.at,
            scope=scope,
        )


def resolutions(conversation: Conversation) -> Iterator[Word]:
    """Yield whose word it is where a thread of ours is resolved and does not say "fixed"."""
    for thread, mark in _about_findings(conversation):
        if thread.resolved and not mark.fixed:
            yield Word(
                mark, Order(rest=RESOLVED), thread.resolved_by, path=thread.path, body=RESOLVED
            )


def orders(conversation: Conversation) -> Iterator[Word]:
    """Yield the orders about findings, by time: in our threads, and on the pull request.

    One that names no finding has an empty fingerprint. Whether GitHub calls a comment ours
    does not matter: ours begin with a mark, and a person may lend us their token.
    """
    marks = {mark.fingerprint: (mark, t.path) for t, mark in _about_findings(conversation)}
    said = [
        _word(remark, order, mark, thread.path)
        for thread, mark in _about_findings(conversation)
        for remark in thread.remarks[1:]
        if (order := read_order(remark.body))
    ]
    for remark in conversation.remarks:
        order = read_order(remark.body)
        if order:
            digits, order = order.named()
            said.append(_word(remark, order, *_meant(digits, marks)))
    yield from sorted(said, key=lambda word: word.at)


def askers(conversation: Conversation) -> tuple[str, ...]:
    """Return whose words depend on whether they may write to the repository, each once.

    Who resolved a thread comes first: a stranger cannot, and so crowds nobody out. The others
    come by time. Accounts that are gone and bots have no say.
    """
    words = (*resolutions(conversation), *orders(conversation))
    people = dict.fromkeys(word.by for word in words if not word.by.endswith(BOT))
    return tuple(login for login in people if login not in NOBODY)


def _about_findings(conversation: Conversation) -> Iterator[tuple[Thread, FindingMark]]:
    for thread in conversation.threads:
        mark = read_finding(thread.remarks[0].body) if thread.ours else None
        if mark is not None and mark.fingerprint:
            yield thread, mark


def _word(remark: Remark, order: Order, mark: FindingMark, path: str) -> Word:
    return Word(mark, order, remark.author, path, remark.at, remark.body)


def _meant(digits: str, marks: Mapping[str, tuple[FindingMark, str]]) -> tuple[FindingMark, str]:
    """Return the finding that these first digits mean: that of a thread, or one without."""
    there = [known for full, known in marks.items() if digits and full.startswith(digits)]
    return there[0] if len(there) == 1 else (FindingMark(digits), "")
