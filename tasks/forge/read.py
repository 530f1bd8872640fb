"""Read everything that GitHub has of a pull request: one request, and some more for a long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.core.forge.conversation import Conversation, Thread
from tasks.core.forge.spoken import askers
from tasks.errors import CannotReview
from tasks.forge import documents
from tasks.forge.answers import (
    Answer,
    at,
    checks_of,
    context_of,
    nodes,
    remark_of,
    review_of,
    settings_of,
    statuses_of,
    thread_of,
)
from tasks.forge.connection import Connection
from tasks.forge.errors import Gone, NotAllowed, Unreachable
from tasks.forge.graphql import Trouble
from tasks.policy_file import POLICY

MOST_PAGES = 100
"""Of one list: 10,000 of anything are no conversation any more."""

CAN_DO_WITHOUT = frozenset({"commits", "object", "headRepository", "author", "resolvedBy"})
"""What a token may be forbidden to see. Whatever else is missing we would say again."""

MOST_ASKERS = 20
"""Of whom GitHub is asked, the first by time: each is a request, and a crowd could use up all of
an hour. Whoever comes after them does not count as one who may write."""

MAY_WRITE = frozenset({"admin", "maintain", "write"})
"""Permissions; who maintains is mostly said to write, and who triages to read:
https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user"""

FORBIDDEN = frozenset({"FORBIDDEN", "NOT_FOUND"})


def read(
    connection: Connection, repository: str, number: int, *, check: str, head: str = ""
) -> Conversation:
    """Return the conversation of a pull request; ``check`` names the check run that is ours.

    Where somebody's word depends on it, GitHub is also asked whether they may write. Checks
    and statuses are those of its head, or of another ``head``: one that it had before.

    Raises:
        CannotReview: it is not there, or not for this token.
        ForgeError: GitHub did not answer, or not with all of it.
    """
    reading = _Reading(connection, repository, number, check)
    answer = reading.ask(documents.PULL, number=number, check=check, settings=POLICY)
    pull = at(answer, "repository", "pullRequest")
    if pull is None:
        raise reading.missing("no such pull request" if at(answer, "repository") else "")
    me = at(answer, "viewer", "login")
    if not me:
        raise Unreachable(reading.what, "it was not said who we are")
    context = context_of(pull, answer["repository"]["nameWithOwner"])
    commit = reading.commit(pull, head or context.head_sha)
    conversation = Conversation(
        context=context,
        me=me,
        threads=tuple(reading.threads(pull, me)),
        remarks=tuple(remark_of(node, me) for node in reading.remarks(pull)),
        reviews=tuple(
            sorted((review_of(node, me) for node in reading.reviews(pull)), key=lambda r: r.number)
        ),
        checks=tuple(
            run
            for suites in reading.suites(commit)
            for run in checks_of(suites, head or context.head_sha, me)
        ),
        statuses=tuple(statuses_of(commit)),
        settings=settings_of(pull),
    )
    return replace(conversation, writers=reading.writers(askers(conversation)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The questions about one pull request."""

    connection: Connection
    repository: str
    number: int
    check: str

    @property
    def what(self) -> str:
        return f"reading {self.repository}#{self.number}"

    def ask(self, document: str, **about: object) -> Answer:
        """Return the answer; what it lacks, we can do without.

        Raises:
            NotAllowed, Unreachable: it lacks something else.
        """
        owner, _, name = self.repository.partition("/")
        variables = {"owner": owner, "name": name, **about}
        try:
            answered = self.connection.graphql(document, variables, what=self.what)
        except Gone:
            raise self.missing() from None
        for error in answered.errors:
            if not _bearable(error):
                trouble = error.error(self.what)
                lacking = isinstance(trouble, NotAllowed)
                raise trouble if lacking else Unreachable(self.what, error.message)
        return answered.data

    def missing(self, shown: str = "") -> CannotReview:
        """Return what to say where there is no such pull request for us."""
        return CannotReview(
            f"{self.repository}#{self.number}: GitHub shows this token "
            f"{shown or f'no repository {self.repository}'}; check the name, and that the App is "
            "installed there (or the token covers it) and may read pull requests: "
            f"`review connect check {self.repository}` says what is missing"
        )

    def threads(self, pull: Answer, me: str) -> Iterator[Thread]:
        """Yield all threads, each with all that was said in it."""

        def more(cursor: str) -> Answer | None:
            return self._of_pull(documents.MORE_THREADS, cursor, "reviewThreads")

        for node in self._all(pull["reviewThreads"], more):
            yield thread_of(node, self._all(node["comments"], self._answers(node["id"])), me)

    def remarks(self, pull: Answer) -> Iterator[Answer]:
        """Yield all comments on the pull request."""
        return self._all(
            pull["comments"],
            lambda cursor: self._of_pull(documents.MORE_REMARKS, cursor, "comments"),
        )

    def reviews(self, pull: Answer) -> Iterator[Answer]:
        """Yield all reviews."""
        return self._all(
            pull["reviews"],
            lambda cursor: self._of_pull(documents.MORE_REVIEWS, cursor, "reviews"),
        )

    def commit(self, pull: Answer, head: str) -> Answer | None:
        """Return a head with its checks, or None where we may not see it."""
        if pull["commits"] is None:
            return None
        newest: Answer | None = at(next(nodes(pull["commits"]), None), "commit")
        if newest is not None and newest["oid"] == head:
            return newest
        # not the newest, newer than what the list has by now, or all of them are in the base
        return self._commit(head)

    def suites(self, commit: Answer | None) -> Iterator[Answer]:
        """Yield the check suites of a commit, by page; none where we may not see them."""
        if commit is None or commit["checkSuites"] is None:
            return iter(())
        return self._pages(
            commit["checkSuites"],
            lambda cursor: (self._commit(commit["oid"], suites=cursor) or {}).get("checkSuites"),
        )

    def writers(self, logins: Sequence[str]) -> frozenset[str]:
        """Return which of these may write to the repository, each asked once."""
        return frozenset(filter(self._may_write, logins[:MOST_ASKERS]))

    def _may_write(self, login: str) -> bool:
        """Return whether GitHub says that somebody may write; where it says nothing, no.

        404 is "not a user", 403 is that we may not ask. Anybody can be the reason of the
        question, so it must not be that of a failure.
        """
        repository = self.connection.rest.get_repo(self.repository)
        try:
            said = self.connection.read(
                f"asking what {login} may do in {self.repository}",
                lambda: repository.get_collaborator_permission(login),
            )
        except (Gone, NotAllowed):
            return False
        return said in MAY_WRITE

    def _commit(self, oid: str, suites: str | None = None) -> Answer | None:
        answer = self.ask(documents.CHECKS, oid=oid, check=self.check, suites=suites)
        found: Answer | None = at(answer, "repository", "object")
        return found

    def _answers(self, thread: str) -> Callable[[str], Answer | None]:
        def more(cursor: str) -> Answer | None:
            answer = self.ask(documents.MORE_ANSWERS, thread=thread, at=cursor)
            page: Answer | None = at(answer, "node", "comments")
            return page

        return more

    def _of_pull(self, document: str, cursor: str, of: str) -> Answer | None:
        answer = self.ask(document, number=self.number, at=cursor)
        page: Answer | None = at(answer, "repository", "pullRequest", of)
        return page

    def _all(self, first: Answer, more: Callable[[str], Answer | None]) -> Iterator[Answer]:
        """Yield everything in a list."""
        return (node for page in self._pages(first, more) for node in nodes(page))

    def _pages(self, first: Answer, more: Callable[[str], Answer | None]) -> Iterator[Answer]:
        """Yield the pages of a list.

        Raises:
            Unreachable: a page is gone, or there are too many.
        """
        page: Answer | None = first
        for _ in range(MOST_PAGES):
            if page is None:
                raise Unreachable(self.what, "a page of a long list was missing")
            yield page
            cursor = _next(page["pageInfo"])
            if not cursor:
                return
            page = more(cursor)
        raise Unreachable(self.what, f"a list has more than {MOST_PAGES} pages")


def _next(page: Answer) -> str:
    """Return where the next page begins, forward or backward, or nothing at the end."""
    if page.get("hasNextPage"):
        return str(page["endCursor"])
    return str(page["startCursor"]) if page.get("hasPreviousPage") else ""


def _bearable(error: Trouble) -> bool:
    """Return whether an error is about what we can do without, or says that all is gone."""
    gone = error.path[-1:] in {("repository",), ("pullRequest",)}
    return error.type in FORBIDDEN and (gone or not CAN_DO_WITHOUT.isdisjoint(error.path))
