"""Ask GitHub which pull requests of a repository are open, and which have a verdict of ours.

One request a page of fifty, about six points of an hour's 5,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from tasks.core.forge.markers import check_id
from tasks.core.forge.open_pull import OpenPull
from tasks.core.forge.taken import has_passed
from tasks.errors import CannotReview
from tasks.forge.answers import Answer, at, nodes
from tasks.forge.conditional import Allowance
from tasks.forge.connection import Connection
from tasks.forge.errors import Unreachable
from tasks.forge.graphql import FORBIDDEN

MOST_PAGES = 40
"""2,000 open pull requests, those touched last."""

INSIDE = frozenset({"checkSuites", "status", "headRepository"})
"""What a token may be forbidden to see: then the heads look as if nobody had answered."""

NOT_FOUND = "NOT_FOUND"
"""GraphQL's word for what is not there, or not for this token."""

NOT_REVIEWED = "Not reviewed: "
"""How the title of a skipped check run begins: ``tasks.core.forge.saying.to_skip``."""

# Runs of the name in the settings only, and the newest of each suite: ours says by its external
# id which pull request and which head it is about.
OPEN = """
query OpenPulls($owner: String!, $name: String!, $check: String!, $after: String) {
  rateLimit { remaining limit }
  repository(owner: $owner, name: $name) {
    nameWithOwner
    pullRequests(
      states: OPEN, first: 50, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number isDraft updatedAt headRefOid
        commits(last: 1) { nodes { commit {
          oid
          checkSuites(first: 10, filterBy: {checkName: $check}) { nodes {
            checkRuns(first: 5, filterBy: {checkName: $check, checkType: ALL}) {
              nodes { externalId status conclusion title }
            }
          } }
          status { contexts { context state } }
        } } }
      }
    }
  }
}
"""


def open_pulls(
    connection: Connection, repository: str, check: str, since: datetime, allowance: Allowance
) -> tuple[OpenPull, ...]:
    """Return the open pull requests that were touched since then.

    ``check`` is what our check run, or the status in its place, is called.

    Raises:
        CannotReview: there is no such repository, for this token.
        ForgeError: GitHub did not answer.
    """
    found: list[OpenPull] = []
    for page in _pages(connection, repository, check, allowance):
        pulls = [_pull(node, page["nameWithOwner"], check) for node in nodes(page["pullRequests"])]
        found += [pull for pull in pulls if pull.updated >= since]
        if any(pull.updated < since for pull in pulls):
            break  # they come by when they were touched
    return tuple(found)


def no_such(repository: str) -> CannotReview:
    """Return how to say that a repository is not there, for us."""
    return CannotReview(
        f"{repository}: GitHub shows this token no such repository; "
        f"`review connect check {repository}` says what is missing"
    )


def _pages(
    connection: Connection, repository: str, check: str, allowance: Allowance
) -> Iterator[Answer]:
    what = f"looking for open pull requests of {repository}"
    owner, _, name = repository.partition("/")
    after: str | None = None
    for _ in range(MOST_PAGES):
        variables = {"owner": owner, "name": name, "check": check, "after": after}
        answer = connection.graphql(OPEN, variables, what=what)
        for error in answer.errors:
            if error.type == NOT_FOUND:
                raise no_such(repository)
            if not (error.type in FORBIDDEN and INSIDE & set(error.path)):
                raise error.error(what)
        left = at(answer.data, "rateLimit")  # null where there is none: GitHub Enterprise
        allowance.saw(at(left, "remaining"), at(left, "limit"))
        page = at(answer.data, "repository")
        if at(page, "pullRequests") is None:
            raise Unreachable(what, "the list was missing in the answer")
        yield page
        after = page["pullRequests"]["pageInfo"]["endCursor"]
        if not page["pullRequests"]["pageInfo"]["hasNextPage"]:
            return


def _pull(node: Answer, repository: str, check: str) -> OpenPull:
    head, number = node["headRefOid"], node["number"]
    commit = at(next(nodes(node["commits"]), None), "commit")
    pull = OpenPull(
        repository,
        number,
        head,
        datetime.fromisoformat(node["updatedAt"]),
        draft=node["isDraft"],
    )
    return replace(pull, answered=at(commit, "oid") == head and _answered(commit, pull, check))


def _answered(commit: Any, pull: OpenPull, check: str) -> bool:  # noqa: ANN401 - JSON
    """Return whether a commit has a check run of ours that answers, or a status in its place."""
    ours = check_id(pull.number, pull.head)
    runs = (run for suite in nodes(commit["checkSuites"]) for run in nodes(suite["checkRuns"]))
    statuses = at(commit, "status", "contexts") or ()
    return any(run["externalId"] == ours and _answers(run, pull) for run in runs) or any(
        status["context"] == check and status["state"] != "PENDING" for status in statuses
    )


def _answers(run: Any, pull: OpenPull) -> bool:  # noqa: ANN401 - JSON
    """Return whether a check run says something of this head that still holds.

    Neutral is one that was superseded: if its head is the head again, nobody has reviewed it.
    """
    if run["status"] != "COMPLETED" or run["conclusion"] == "NEUTRAL":
        return False
    why_not = (run["title"] or "").removeprefix(NOT_REVIEWED)
    return not (run["conclusion"] == "SKIPPED" and has_passed(why_not, draft=pull.draft))
