"""What an event that we act on asks for, once its payload is read."""

from __future__ import annotations

from tasks.core.forge.admission import priority_of
from tasks.core.forge.markers import check_id
from tasks.core.forge.orders import read_command
from tasks.core.inbound.payloads import (
    Comment,
    Named,
    OfCheck,
    OfInstallation,
    OfIssueComment,
    OfPull,
    OfRepositories,
    OfSuite,
    OfThreadComment,
)
from tasks.core.inbound.wishes import (
    End,
    Ignore,
    LookAround,
    Obey,
    Reprioritise,
    ReviewAgain,
    ReviewHead,
    Seen,
    Subject,
    Wish,
)
from tasks.core.policy import PullRequestPolicy

POLICY = PullRequestPolicy()
"""The repository's own is not known before a run has read it."""

NO_PULL = "it is a comment on an issue, not on a pull request"
NO_ORDER = "the comment orders nothing: its first line is not /review"
BY_BOT = "a bot wrote the comment: only people give orders"
BY_NOBODY = "the account that wrote the comment is gone"
CLOSED = "the pull request is closed: nothing of it waits for a review"
NOT_OURS = "the check run is not one of ours"
NO_PULL_OF_SUITE = (
    "GitHub names no pull request of this commit, as always for one from a fork:"
    " ask for the check run itself again, or comment /review"
)
NO_REPOSITORIES = "it names no repository: the sweep looks for open pull requests"


def review_head(event: OfPull) -> Wish:
    """Read that there is a head to review."""
    return ReviewHead(_seen(event))


def reprioritise(event: OfPull) -> Wish:
    """Read that there are other labels."""
    return Reprioritise(_seen(event)) if event.pull_request.state == "open" else Ignore(CLOSED)


def end(event: OfPull) -> Wish:
    """Read that a pull request is closed, or merged."""
    return End(_seen(event))


def ordered_on_pull(event: OfIssueComment) -> Wish:
    """Read what a comment on a pull request orders."""
    if event.issue.pull_request is None:
        return Ignore(NO_PULL)
    return _ordered(event.repository, event.issue.number, event.comment)


def ordered_in_thread(event: OfThreadComment) -> Wish:
    """Read what a comment on a line orders."""
    number = event.pull_request.number
    return _ordered(event.repository, number, event.comment, in_thread=True)


def check_again(event: OfCheck) -> Wish:
    """Read which of our check runs somebody wants once more."""
    check = event.check_run
    # prefect-review/NUMBER/HEAD
    number = "".join((check.external_id or "").split("/")[1:2])
    ours = number.isdecimal() and len(number) <= LONGEST_NUMBER
    if not ours or check.external_id != check_id(int(number), check.head_sha) or not int(number):
        return Ignore(NOT_OURS)
    subject = Subject(event.repository.full_name, int(number))
    return ReviewAgain(subject, check.head_sha, event.sender.login)


def suite_again(event: OfSuite) -> Wish:
    """Read of which head somebody wants all check runs once more.

    GitHub lists the pull requests of this repository's branches, also those elsewhere. It tells
    nobody but the App whose suite it is.
    """
    suite, here = event.check_suite, event.repository
    for pull in suite.pull_requests:
        if pull.base.repo.id == here.id and pull.head.sha == suite.head_sha:
            subject = Subject(here.full_name, pull.number)
            return ReviewAgain(subject, suite.head_sha, event.sender.login)
    return Ignore(NO_PULL_OF_SUITE)


def installed(event: OfInstallation) -> Wish:
    """Read on which repositories we are installed."""
    return _look_around(event.repositories)


def added(event: OfRepositories) -> Wish:
    """Read on which repositories we are installed, too."""
    return _look_around(event.repositories_added)


LONGEST_NUMBER = 15
"""So many digits has no number of a pull request; int() of many more is slow, or refused."""


def _seen(event: OfPull) -> Seen:
    context = event.pull_request.context(event.repository.full_name)
    level, why = priority_of(context, POLICY)
    subject = Subject(context.repository, event.pull_request.number)
    return Seen(subject, context.head_sha, event.pull_request.updated_at, level, why)


def _ordered(repository: Named, number: int, comment: Comment, *, in_thread: bool = False) -> Wish:
    command = read_command(comment.body)
    if command is None:
        return Ignore(NO_ORDER)
    if comment.user is None:
        return Ignore(BY_NOBODY)
    if comment.user.bot:
        return Ignore(BY_BOT)
    return Obey(
        Subject(repository.full_name, number),
        comment.id,
        comment.user.login,
        command.verb,
        command.priority,
        command.said,
        in_thread,
    )


def _look_around(repositories: tuple[Named, ...]) -> Wish:
    names = tuple(repository.full_name for repository in repositories)
    return LookAround(names) if names else Ignore(NO_REPOSITORIES)
