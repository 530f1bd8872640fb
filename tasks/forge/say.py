"""Say what is missing, exactly once, whatever breaks: decide, do, and in doubt look again."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.progress import created
from tasks.core.forge.writes import (
    CreateCheck,
    InlineComment,
    PostReview,
    UpdateCheck,
    UploadSarif,
    Write,
)
from tasks.errors import ReviewError
from tasks.forge.connection import Connection
from tasks.forge.course import Course, another_is_pending, words_of
from tasks.forge.culprits import culprits
from tasks.forge.errors import Ambiguous, ForgeError, RateLimited, Refused, Unreachable
from tasks.forge.freshness import Freshness, StaleError
from tasks.forge.patience import SHORT, OnWait
from tasks.forge.said import NotSaid, Said, Superseded
from tasks.forge.write import DOING, perform, try_comments

__all__ = ["NotSaid", "Said", "Superseded", "say"]

ATTEMPTS = 5
"""How often something may go wrong that may be over the next time."""

ROUNDS = 30
"""How often it is decided again at most, whatever GitHub answers: each answer that it will not
take something leads to less being tried, as long as it always means the same."""

HALVINGS = 2
"""How often culprits are looked for; a review that is refused after that has no comment inline."""

Read = Callable[[], Conversation]
Decide = Callable[[Conversation, Trouble], Sequence[Write]]
GiveUp = Callable[[Conversation, Trouble, str], Sequence[Write]]


def say(
    connection: Connection,
    conversation: Conversation,
    decide: Decide,
    *,
    read: Read,
    head: str = "",
    give_up: GiveUp | None = None,
    attempts: int = ATTEMPTS,
    on_wait: OnWait = lambda _wait: None,
    sleep: Callable[[float], None] = time.sleep,
    freshness: Freshness | None = None,
) -> Said:
    """Do what ``decide`` says is missing, in its order.

    Nothing is repeated blindly: after anything that may have taken effect, or that GitHub did
    not take, the pull request is read again, and what is missing is decided again. If all goes
    well, nothing is read.

    Args:
        connection: to GitHub.
        conversation: what GitHub has; it was read just now.
        decide: returns what is missing, in view of what GitHub would not take.
        read: reads the conversation again.
        head: the head that is reviewed; empty where it does not matter which it is.
        give_up: returns how to say that not everything could be said.
        attempts: how often something may go wrong that may be over the next time.
        on_wait: is told before each wait for a rate limit.
        sleep: waits for some seconds.
        freshness: how old what was read may be when we write, and whether we may write at all.

    Raises:
        Superseded: the pull request has another head; nothing more was said.
        NotSaid: it went wrong too often.
        RateLimited: for longer than a minute; a later run says what is missing.
        ForgeError: GitHub cannot be read, or does not know us.
    """
    course, done, why = Course(), list[Write](), ""
    fresh = freshness or Freshness()
    for _ in range(ROUNDS):
        if any(isinstance(write, UploadSarif) for write in done):
            course = course.uploaded()
        missing = course.left_of(decide(conversation, course.trouble))
        _hold_to(head, conversation, missing)
        try:
            conversation, stopped = _do(connection, conversation, missing, done, fresh)
        except StaleError:
            conversation = fresh.read(read)
            continue
        if stopped is None:
            return Said(conversation, tuple(done), course.trouble)
        write, error = stopped
        course, why = _learned(connection, conversation, course, write, error), str(error)
        if course.failures >= attempts:
            break
        if isinstance(error, RateLimited):
            if error.wait.seconds > SHORT:
                raise error
            on_wait(error.wait)
            sleep(error.wait.seconds)
        elif isinstance(error, Ambiguous | Unreachable):
            sleep(2 ** (course.failures - 1) * random.uniform(0.75, 1.25))  # noqa: S311 - jitter
        conversation = fresh.read(read)
    with contextlib.suppress(ReviewError):
        conversation = fresh.read(read)
    fresh.allowed()
    missing = course.left_of(decide(conversation, course.trouble))
    _hold_to(head, conversation, missing)
    for write in give_up(conversation, course.trouble, why) if give_up else ():
        with contextlib.suppress(ReviewError):  # the error that is raised next says it as well
            perform(connection, conversation.context, write)
    raise NotSaid(_name(conversation), [DOING[type(write)] for write in missing], why)


def _hold_to(head: str, conversation: Conversation, missing: Sequence[Write]) -> None:
    """Raise ``Superseded`` if there is something to say, about a head that is none any more."""
    current = conversation.context.head_sha
    if missing and head and current != head:
        raise Superseded(_name(conversation), head, current)


def _name(conversation: Conversation) -> str:
    return f"{conversation.context.repository}#{conversation.context.pr_number}"


def _do(
    connection: Connection,
    conversation: Conversation,
    missing: Sequence[Write],
    done: list[Write],
    fresh: Freshness,
) -> tuple[Conversation, tuple[Write, ForgeError] | None]:
    """Do it, and note it in ``done``; return where and why it stopped, if it did.

    The conversation that is returned knows a check run that was created: its number is not
    to be had otherwise without reading again.

    Raises:
        StaleError: it was read too long ago to go on.
    """
    made = 0
    for write in missing:
        if isinstance(write, UpdateCheck) and not write.check:
            write = replace(write, check=made)  # noqa: PLW2901 - the one just created
        fresh.must_do()
        try:
            made = perform(connection, conversation.context, write) or made
        except ForgeError as error:
            return conversation, (write, error)
        done.append(write)
        if isinstance(write, CreateCheck):
            conversation = created(conversation, write, made)
    return conversation, None


def _learned(
    connection: Connection,
    conversation: Conversation,
    course: Course,
    write: Write,
    error: ForgeError,
) -> Course:
    """Return the course after an error, once it is known which comments it is about, if any."""
    if not isinstance(write, PostReview) or not course.suspects_comments(write, error):
        return course.after(write, error)
    why = words_of(error)
    if course.halvings >= HALVINGS:
        return course.blaming({comment.fingerprint: why for comment in write.comments})

    def probe(comments: Sequence[InlineComment]) -> str:
        try:
            try_comments(connection, conversation.context, write.head, comments)
        except Refused as refused:
            if another_is_pending(refused):
                raise
            return words_of(refused)
        return ""

    try:
        found = culprits(write.comments, why, probe)
    except ForgeError as lost:
        return course.after(write, lost)
    return course.blaming(found) if found else course.after(write, error)
