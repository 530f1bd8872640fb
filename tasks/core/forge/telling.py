"""Which findings are told where: on their lines already, on their lines now, or in the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tasks.core.change import Kind
from tasks.core.finding import Finding
from tasks.core.forge.about import About, Trouble
from tasks.core.forge.comment import inline
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.dismissals import refusals_of
from tasks.core.forge.looking import looked
from tasks.core.forge.matching import Matched, match
from tasks.core.forge.placing import Place, Placing
from tasks.core.forge.review import is_reviewed
from tasks.core.forge.summary import Told
from tasks.core.forge.writes import InlineComment, Right
from tasks.core.policy import SayPolicy
from tasks.core.verdict import Verdict

REFUSED = "GitHub refused a comment there: {}"
WHOLE_FILE = "it is about the whole file"
NO_PLACE = "GitHub shows no changed line there"
FORBIDDEN = "this token may not review"
NOT_AMONG = "a head has one review, of at most {} comments"
"""Told of what the review has no room for, and of what comes up after it: the words must not
depend on whether it is posted yet, or the summary would be edited for nothing."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What our threads make of a verdict, the comments still to post, and what the summary says."""

    matched: Matched
    comments: tuple[InlineComment, ...]
    told: Told


def tell(
    verdict: Verdict, conversation: Conversation, about: About, trouble: Trouble, placing: Placing
) -> Telling:
    """Return what becomes of each finding; the same before and after it is done."""
    say = about.policy.say
    findings = about.shown.findings_of(verdict)
    matched = _matched(verdict, conversation, about, findings)
    reviewed = is_reviewed(conversation, verdict.head)
    open_ = not reviewed and Right.REVIEWS not in trouble.forbidden
    now = list(_placed(matched.unsaid, placing, say, trouble)) if open_ else []
    on_lines = {id(f) for f in (*matched.open.values(), *(f for f, _ in now))}
    told = Told(
        on_lines=tuple(f for f in findings if id(f) in on_lines),
        apart=tuple(
            (f, _why(f, placing, say, trouble, reviewed=reviewed))
            for f in findings
            if id(f) not in on_lines
        ),
        refusals=refusals_of(conversation, say),
    )
    comments = (inline(_offered(f, say), at, verdict.head, about.shown) for f, at in now)
    return Telling(matched, tuple(comments), told)


def _matched(
    verdict: Verdict, conversation: Conversation, about: About, findings: Sequence[Finding]
) -> Matched:
    shown = {id(finding) for finding in findings}
    others = [finding for finding in verdict.seen if id(finding) not in shown]
    changed = {file.path for file in about.change.files if file.kind is not Kind.DELETED}
    return match(
        findings,
        conversation.threads,
        head=verdict.head,
        looked=looked(verdict, changed),
        others=others,
    )


def _placed(
    unsaid: Sequence[Finding], placing: Placing, say: SayPolicy, trouble: Trouble
) -> Iterator[tuple[Finding, Place]]:
    """Yield the findings to comment on, the worst first, and where.

    Where GitHub refuses one, none moves up: it might be refused as well, and so on.
    """
    worst_first = sorted(unsaid, key=lambda finding: -finding.severity)
    places = ((finding, placing.of(_offered(finding, say))) for finding in worst_first)
    for finding, place in islice(((f, at) for f, at in places if at), say.inline):
        if finding.fingerprint not in trouble.refused:
            yield finding, place


def _offered(finding: Finding, say: SayPolicy) -> Finding:
    return finding if say.suggestions else finding.but(suggestion=None)


def _why(
    finding: Finding, placing: Placing, say: SayPolicy, trouble: Trouble, *, reviewed: bool
) -> str:
    """Return why there is no comment on it."""
    if finding.fingerprint in trouble.refused:
        return REFUSED.format(trouble.refused[finding.fingerprint])
    if not finding.lines:
        return WHOLE_FILE
    if placing.of(finding) is None:
        return NO_PLACE
    if not reviewed and Right.REVIEWS in trouble.forbidden:
        return FORBIDDEN
    return NOT_AMONG.format(say.inline)
