"""Turn what GitHub's GraphQL answers into our values; anything in it may be null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from tasks.core.change import REGULAR
from tasks.core.context import PRContext, PullState
from tasks.core.forge.conversation import (
    BOT,
    GHOST,
    PostedCheck,
    PostedReview,
    PostedStatus,
    Remark,
    Thread,
)
from tasks.errors import CannotReview
from tasks.policy_file import POLICY

Answer = Mapping[str, Any]


def at(answer: Any, *names: str) -> Any:  # noqa: ANN401 - JSON
    """Return what is under these names, or None where a null is on the way."""
    for name in names:
        if answer is None:
            return None
        answer = answer.get(name)
    return answer


def nodes(connection: Answer | None) -> Iterator[Answer]:
    """Yield what one page of a list holds: what we may not see is null in it."""
    yield from (node for node in at(connection, "nodes") or () if node is not None)


def context_of(pull: Answer, repository: str) -> PRContext:
    """Return which pull request it is.

    Raises:
        CannotReview: it has a name that we refuse, such as a branch that looks like an option.
    """
    try:
        return PRContext(
            repository=repository,
            pr_number=pull["number"],
            base_branch=pull["baseRefName"],
            base_sha=pull["baseRefOid"],
            head_branch=pull["headRefName"],
            head_sha=pull["headRefOid"],
            author=login_of(pull["author"]),
            bot=at(pull, "author", "__typename") == "Bot",
            title=pull["title"],
            labels=tuple(label["name"] for label in nodes(pull["labels"])),
            draft=pull["isDraft"],
            state=PullState(pull["state"].lower()),
            head_repository=at(pull, "headRepository", "nameWithOwner") or "",
        )
    except ValidationError as error:
        why = "; ".join(problem["msg"] for problem in error.errors(include_url=False))
        raise CannotReview(f"{repository}#{pull['number']} has a name we refuse: {why}") from None


def login_of(actor: Answer | None) -> str:
    """Return a login as REST and the viewer have it: an author in GraphQL has no ``[bot]``.

    That the viewer of an installation's token is ``NAME[bot]``: fullsend-ai/fullsend#1953.
    """
    if actor is None:
        return GHOST
    login = str(actor["login"])
    named = actor.get("__typename") == "Bot" and not login.endswith(BOT)
    return f"{login}{BOT}" if named else login


def thread_of(node: Answer, remarks: Iterable[Answer], me: str) -> Thread:
    """Return a thread with what was said in it."""
    return Thread(
        id=node["id"],
        path=node["path"],
        remarks=tuple(remark_of(remark, me) for remark in remarks),
        line=node["line"] or 0,
        resolved=node["isResolved"],
        resolved_by=at(node, "resolvedBy", "login") or "",
    )


def remark_of(node: Answer, me: str) -> Remark:
    """Return a comment, wherever it stands; ``me`` is the viewer's login."""
    author = login_of(node["author"])
    return Remark(
        id=node["id"],
        number=_number(node["fullDatabaseId"]),
        body=node["body"],
        author=author,
        ours=author == me,
        at=node["createdAt"],
    )


def review_of(node: Answer, me: str) -> PostedReview:
    """Return a review."""
    return PostedReview(
        number=_number(node["fullDatabaseId"]),
        head=at(node, "commit", "oid") or "",
        state=node["state"],
        body=node["body"],
        ours=login_of(node["author"]) == me,
    )


def checks_of(suites: Answer | None, head: str, me: str) -> Iterator[PostedCheck]:
    """Yield the check runs of ours at a commit: those of the App that we are."""
    for suite in nodes(suites):
        if f"{at(suite, 'app', 'slug')}{BOT}" != me:
            continue
        for run in nodes(suite["checkRuns"]):
            yield PostedCheck(
                number=_number(run["databaseId"]),
                head=head,
                status=run["status"].lower(),
                external_id=run["externalId"] or "",
                conclusion=(run["conclusion"] or "").lower(),
                annotations=at(run, "annotations", "totalCount") or 0,
                title=run["title"] or "",
            )


def statuses_of(commit: Answer | None) -> Iterator[PostedStatus]:
    """Yield the statuses of a commit, whoever set them."""
    for status in at(commit, "status", "contexts") or ():
        yield PostedStatus(
            context=status["context"],
            state=status["state"].lower(),
            description=status["description"] or "",
        )


def settings_of(pull: Answer) -> str:
    """Return the text of the policy in the base branch; empty where there is none.

    A link is none: nobody follows links of a repository.

    Raises:
        CannotReview: there is one that GitHub does not give whole.
    """
    entry = at(pull, "baseRef", "target", "file")
    blob = at(entry, "object")
    if not blob or entry["mode"] not in REGULAR:
        return ""
    if blob["isTruncated"] or blob["text"] is None:
        raise CannotReview(
            f"{pull['baseRefName']}:{POLICY} is no text, or too long for a policy; mend it there"
        )
    return str(blob["text"])


def _number(written: Any) -> int:  # noqa: ANN401 - JSON
    """Return an id of REST: a number of 64 bits.

    ``fullDatabaseId`` is one as text. A check run has only ``databaseId``, an Int of 32 bits by the
    schema, in which GitHub gives more all the same: kachick/wait-other-jobs, src/snapshot.ts.
    """
    return int(written or 0)
