"""Everything that is still missing on GitHub, in the order in which it is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tasks.core.context import SHORT
from tasks.core.forge.about import About, Run, Trouble
from tasks.core.forge.check import CONCLUSIONS, beside, output, title
from tasks.core.forge.conversation import Conversation, Thread
from tasks.core.forge.markers import is_summary, with_fixed
from tasks.core.forge.matching import twice
from tasks.core.forge.placing import Placing
from tasks.core.forge.progress import End, Stage, begun, ended, is_over, is_shown
from tasks.core.forge.review import left_behind, review_of, taken_back
from tasks.core.forge.summary import failed, same, summary
from tasks.core.forge.telling import tell
from tasks.core.forge.writes import (
    RIGHTS,
    CheckOutput,
    Conclusion,
    DeleteComment,
    EditSummary,
    PostSummary,
    Settle,
    SettleThreads,
    UploadSarif,
    Write,
)
from tasks.core.render import sarif
from tasks.core.render.escape import for_markdown
from tasks.core.verdict import Verdict

__all__ = ["About", "Run", "Trouble", "to_begin", "to_fail", "to_say", "to_skip", "to_supersede"]

NOTHING = Trouble()

TOGETHER = 50
"""Threads that are settled in one request: each is two changes to GitHub, and a long text."""


def to_say(
    verdict: Verdict, conversation: Conversation, about: About, trouble: Trouble = NOTHING
) -> tuple[Write, ...]:
    """Return what is missing of this verdict; an ``UpdateCheck`` of 0 means the one just created.

    A right in ``trouble.forbidden`` is done without. When everything was done, it returns
    nothing; when only the first of them were, exactly the others.
    """
    placing = Placing(about.change, about.shown.text_of)
    telling = tell(verdict, conversation, about, trouble, placing)
    review = review_of(verdict, conversation, about, telling.comments)
    doubles = twice(conversation.threads)
    gone = telling.matched.gone if about.policy.say.resolve else ()
    settled = [thread for thread in gone if thread.remarks[0] not in doubles]
    body = summary(verdict, about, telling.told, trouble)
    end = End(output(verdict, about), CONCLUSIONS[verdict.answer], beside(verdict, about, placing))
    return _allowed(
        [
            *left_behind(conversation),
            *([review] if review else []),
            *_settled(settled, verdict.head),
            *taken_back(verdict, conversation, about.policy.say),
            *(DeleteComment(remark.number, on_line=True) for remark in doubles),
            *_summed_up(conversation, body),
            *ended(conversation, about, verdict.head, end, trouble),
            *_uploaded(verdict, conversation, about, trouble),
        ],
        trouble,
    )


def to_begin(
    conversation: Conversation,
    run: Run,
    status: Stage,
    trouble: Trouble = NOTHING,
    *,
    again: bool = False,
) -> tuple[Write, ...]:
    """Return how to show that the conversation's head waits, or is looked at.

    ``again`` begins a new check run where the head's is completed (somebody asked for it).
    """
    return _allowed(begun(conversation, run, status, trouble, again=again), trouble)


def to_supersede(
    conversation: Conversation, run: Run, head: str, by: str, trouble: Trouble = NOTHING
) -> tuple[Write, ...]:
    """Return how to end what shows that ``head`` is reviewed: a newer one is.

    The conversation's checks and statuses are to be those of ``head``.
    """
    if not is_shown(conversation, run, head, trouble):
        return ()
    words = f"Superseded by {by[:SHORT]}"
    text = f"A newer push came before this review was done: `{by[:SHORT]}` is reviewed instead."
    end = End(CheckOutput(words, text), Conclusion.NEUTRAL)
    return _at_last(conversation, run, head, end, trouble)


def to_skip(
    conversation: Conversation, run: Run, why: str, trouble: Trouble = NOTHING
) -> tuple[Write, ...]:
    """Return how to say that this head is not reviewed, and why."""
    words = title(f"Not reviewed: {why}")
    end = End(CheckOutput(words, for_markdown(words)), Conclusion.SKIPPED)
    return _at_last(conversation, run, conversation.context.head_sha, end, trouble)


def to_fail(
    conversation: Conversation, run: Run, why: str, trouble: Trouble = NOTHING
) -> tuple[Write, ...]:
    """Return how to say that the review of this head could not be made, and why.

    What has a verdict already keeps it, in the summary too.
    """
    head = conversation.context.head_sha
    if is_over(conversation, run, head, trouble):
        return ()
    words = title(f"The review could not be made: {why}")
    end = End(CheckOutput(words, for_markdown(why, 2_000)), Conclusion.ACTION_REQUIRED)
    body = failed(why, head, run.run_url)
    edited = [w for w in _summed_up(conversation, body) if not isinstance(w, PostSummary)]
    return _allowed([*edited, *ended(conversation, run, head, end, trouble)], trouble)


def _at_last(
    conversation: Conversation, run: Run, head: str, end: End, trouble: Trouble
) -> tuple[Write, ...]:
    """Return how to end what has not ended yet; what has a verdict keeps it."""
    if is_over(conversation, run, head, trouble):
        return ()
    return _allowed(ended(conversation, run, head, end, trouble), trouble)


def _settled(threads: Sequence[Thread], head: str) -> Iterator[SettleThreads]:
    for start in range(0, len(threads), TOGETHER):
        yield SettleThreads(
            tuple(
                Settle(thread.id, thread.remarks[0].id, with_fixed(thread.remarks[0].body, head))
                for thread in threads[start : start + TOGETHER]
            )
        )


def _summed_up(conversation: Conversation, body: str) -> Iterator[Write]:
    """Yield what makes this the one summary of the pull request."""
    ours = [remark for remark in conversation.remarks if remark.ours and is_summary(remark.body)]
    if not ours:
        yield PostSummary(body)
        return
    first, *doubles = sorted(ours, key=lambda remark: remark.number)
    yield from (DeleteComment(remark.number) for remark in doubles)
    if not same(first.body, body):
        yield EditSummary(first.number, body)


def _uploaded(
    verdict: Verdict, conversation: Conversation, about: About, trouble: Trouble
) -> Iterator[UploadSarif]:
    number = conversation.context.pr_number
    if about.policy.say.sarif and number and not trouble.uploaded:
        ref = f"refs/pull/{number}/head"
        # GitHub reads no suppression: what was dismissed would come up as an open alert
        open_ = verdict.model_copy(update={"dismissed": ()})
        yield UploadSarif(verdict.head, ref, sarif(open_, about.shown))


def _allowed(writes: Iterable[Write], trouble: Trouble) -> tuple[Write, ...]:
    return tuple(write for write in writes if RIGHTS[type(write)] not in trouble.forbidden)
