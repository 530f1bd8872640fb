"""Whose word it is that a finding need not be mended: resolved threads, ``/review dismiss``.

Of several words about one finding the last counts. GitHub does not say when a thread was
resolved: every order counts as later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks.core.dismissal import Dismissal, Scope
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.spoken import NOBODY, Word, orders, resolutions
from tasks.core.policy import SayPolicy

NOT_A_WRITER = "only who may write to the repository may dismiss a finding (say.dismiss: write)"
NOT_THE_AUTHOR = (
    "only the author of the pull request and who may write to the repository may dismiss a"
    " finding (say.dismiss: author)"
)
NOBODY_KNOWN = "GitHub does not say who resolved the thread"
NO_FINDING = (
    "it names no finding: write /review dismiss ID WHY, with the digits that the summary shows"
)
EXCERPT = 100
"""So many characters of a refused word are kept."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A word that does not count: whose, why not, and how it began.

    ``by`` and ``body`` may hold any character: escape them.
    """

    by: str
    why: str
    body: str
    fingerprint: str = ""


def dismissals_of(conversation: Conversation, say: SayPolicy) -> tuple[Dismissal, ...]:
    """Return what people have dismissed for this pull request, with who and why."""
    return tuple(w.dismissal(Scope.PULL_REQUEST) for w in _standing(_words(conversation, say)))


def refusals_of(conversation: Conversation, say: SayPolicy) -> tuple[Refusal, ...]:
    """Return the words that do not count, the last of each person about each finding.

    What somebody else has dismissed all the same is not among them.
    """
    words = list(_words(conversation, say))
    dismissed = {word.key for word in _standing(words)}
    refused = {
        (word.by, word.key): Refusal(
            word.by, word.refused, word.body.strip()[:EXCERPT], word.mark.fingerprint
        )
        for word in words
        if word.refused and word.key not in dismissed
    }
    return tuple(refused.values())


def always_asked(conversation: Conversation) -> tuple[Dismissal, ...]:
    """Return what somebody who may write wants dismissed in the whole repository.

    Whoever may write can take it back, or say it anew.
    """
    asked: dict[str, Word] = {}
    for word in orders(conversation):
        if word.by not in conversation.writers:
            continue
        if word.order.takes_back:
            asked.pop(word.key, None)
        elif word.order.always and word.key:
            asked[word.key] = word
    return tuple(word.dismissal(Scope.REPOSITORY) for word in asked.values())


def _standing(words: Iterable[Word]) -> tuple[Word, ...]:
    """Return the last word about each finding, where it dismisses it."""
    last = {word.key: word for word in words if not word.refused}
    return tuple(word for word in last.values() if not word.order.takes_back)


def _words(conversation: Conversation, say: SayPolicy) -> Iterator[Word]:
    """Yield everything that was said about our findings, the latest last; some of it refused."""
    author = conversation.context.author
    allowed = conversation.writers | ({author} if say.dismiss == "author" else set()) - NOBODY
    refused = NOT_THE_AUTHOR if say.dismiss == "author" else NOT_A_WRITER
    for word in resolutions(conversation):
        if word.by in NOBODY:
            yield word.but_refused(NOBODY_KNOWN)
        elif word.by not in allowed:
            yield word.but_refused(refused)
        else:
            yield word
    for word in orders(conversation):
        if word.by not in allowed:
            yield word.but_refused(refused)
        elif not word.key:
            yield word.but_refused(NO_FINDING)
        else:
            yield word
