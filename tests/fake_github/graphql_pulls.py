"""What GraphQL answers of repositories and pull requests, and where questions begin."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fake_github.access import association, role, sees
from tests.fake_github.git_objects import Commit, commit, commits_of
from tests.fake_github.graphql_comments import actor
from tests.fake_github.graphql_question import (
    Connection,
    Fields,
    Question,
    RefusedError,
    ordered_page,
    page,
)
from tests.fake_github.limits import HOUR, Meter
from tests.fake_github.lines import changes
from tests.fake_github.state import Pull, Repo, Thread


@dataclass(frozen=True)
class Label:
    """A label of a pull request."""

    repo: Repo
    name: str


@dataclass(frozen=True)
class Ref:
    """A branch."""

    repo: Repo
    name: str


def _repository(_: object, question: Question) -> Repo:
    name = f"{question['owner']}/{question['name']}"
    repo = question.hub.repo(name)
    if repo is None or not sees(question.caller, repo):
        raise RefusedError(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'."
        )
    return repo


def _pull(repo: Repo, question: Question) -> Pull:
    pull = question.hub.pull(repo, question["number"])
    if pull is None:
        message = f"Could not resolve to a PullRequest with the number of {question['number']}."
        raise RefusedError("NOT_FOUND", message)
    return pull


def _pulls(repo: Repo, question: Question) -> Connection:
    """Return a page of pull requests; GitHub's default order is that of their numbers."""
    states = question["states"]
    seen = [pull for pull in question.hub.pulls(repo) if states is None or _state(pull) in states]
    by = question["orderBy"] or {"field": "CREATED_AT", "direction": "ASC"}
    field = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at"}[by["field"]]
    seen.sort(key=lambda pull: (getattr(pull, field), pull.id), reverse=by["direction"] == "DESC")
    return ordered_page(seen, question)


def _state(pull: Pull) -> str:
    return "MERGED" if pull.merged else pull.state.upper()


def thing(question: Question, id_: str) -> Any:
    """Return what has a node id, where the caller sees it."""
    found = question.hub.find(id_)
    if found is None or not sees(question.caller, found[0]) or _secret(found[1], question):
        message = f"Could not resolve to a node with the global id of '{id_}'"
        raise RefusedError("NOT_FOUND", message)
    return found[1]


def _secret(one: object, question: Question) -> bool:
    """Whether it is of a pending review of somebody else."""
    first = one.comments[0] if isinstance(one, Thread) and one.comments else one
    review: Any = getattr(first, "review", first)
    return getattr(review, "state", "") == "PENDING" and not question.is_mine(review.author)


def _threads(pull: Pull, question: Question) -> Connection:
    seen = [one for one in pull.threads if one.comments and not _secret(one, question)]
    return page(seen, question)


def _reviews(pull: Pull, question: Question) -> Connection:
    states, author = question["states"], question["author"]
    seen = [
        review
        for review in pull.reviews
        if not _secret(review, question)
        and (states is None or review.state in states)
        and (not author or (review.author and author == login(review.author.login)))
    ]
    return page(seen, question)


def login(of: str) -> str:
    """Return the login of an author as GraphQL has it: bots without what REST marks them with."""
    return of.removesuffix("[bot]")


def _object(repo: Repo, question: Question) -> Commit | None:
    return commit(repo, question["oid"] or question["expression"])


def _permission(repo: Repo, question: Question) -> str | None:
    return None if question.caller.integration else role(repo, question.caller.account).upper()


def _rate_limit(_: object, question: Question) -> tuple[int, int, Meter, int]:
    meter = question.hub.meters.get(f"{question.caller.account.login} graphql", Meter())
    limit = question.hub.limits.most(question.caller, "graphql")
    return limit, max(0, limit - meter.used), meter, question.cost


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds or time.time() + HOUR, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


FIELDS: Fields = {
    "Query": {
        "viewer": lambda _, question: question.caller.account,
        "repository": _repository,
        "node": lambda _, question: thing(question, question["id"]),
        "nodes": lambda _, question: [thing(question, one) for one in question["ids"]],
        "rateLimit": _rate_limit,
    },
    "RateLimit": {
        "limit": lambda now, _: now[0],
        "remaining": lambda now, _: now[1],
        "used": lambda now, _: now[2].used,
        "resetAt": lambda now, _: _instant(now[2].reset),
        "cost": lambda now, _: now[3],
    },
    # The viewer is a `User` whoever it is, and keeps "[bot]".
    "User": {
        "id": lambda who, _: who.node_id,
        "databaseId": lambda who, _: who.id,
        "login": lambda who, _: who.login,
    },
    "Bot": {
        "id": lambda who, _: who.node_id,
        "databaseId": lambda who, _: who.id,
        "login": lambda who, _: login(who.login),
    },
    "Organization": {
        "id": lambda who, _: who.node_id,
        "databaseId": lambda who, _: who.id,
        "login": lambda who, _: who.login,
    },
    "Repository": {
        "id": lambda repo, _: repo.node_id,
        "databaseId": lambda repo, _: repo.id,
        "name": lambda repo, _: repo.name,
        "nameWithOwner": lambda repo, _: repo.full_name,
        "owner": lambda repo, _: repo.owner,
        "isPrivate": lambda repo, _: repo.private,
        "isFork": lambda repo, _: repo.parent is not None,
        "parent": lambda repo, _: repo.parent,
        "url": lambda repo, question: f"{question.hub.web_url}/{repo.full_name}",
        "viewerPermission": _permission,
        "defaultBranchRef": lambda repo, _: Ref(repo, repo.default_branch),
        "object": _object,
        "pullRequest": _pull,
        "pullRequests": _pulls,
    },
    "Ref": {
        "name": lambda ref, _: ref.name,
        "target": lambda ref, _: commit(ref.repo, f"refs/heads/{ref.name}"),
    },
    "PullRequest": {
        "id": lambda pull, _: pull.node_id,
        "databaseId": lambda pull, _: pull.id,
        "fullDatabaseId": lambda pull, _: str(pull.id),
        "number": lambda pull, _: pull.number,
        "title": lambda pull, _: pull.title,
        "body": lambda pull, _: pull.body or "",
        "isDraft": lambda pull, _: pull.draft,
        "state": lambda pull, _: _state(pull),
        "merged": lambda pull, _: pull.merged,
        "closed": lambda pull, _: pull.state == "closed",
        "createdAt": lambda pull, _: pull.created_at,
        "updatedAt": lambda pull, _: pull.updated_at,
        "url": lambda pull, question: (
            f"{question.hub.web_url}/{pull.repo.full_name}/pull/{pull.number}"
        ),
        "baseRefName": lambda pull, _: pull.base_ref,
        "baseRefOid": lambda pull, _: pull.base_sha,
        "baseRef": lambda pull, _: (
            Ref(pull.repo, pull.base_ref)
            if commit(pull.repo, f"refs/heads/{pull.base_ref}")
            else None
        ),
        "headRefName": lambda pull, _: pull.head_ref,
        "headRefOid": lambda pull, _: pull.head_sha,
        "repository": lambda pull, _: pull.repo,
        "baseRepository": lambda pull, _: pull.repo,
        "headRepository": lambda pull, question: question.hub.repo(pull.head_repository),
        "isCrossRepository": lambda pull, _: pull.head_repository != pull.repo.full_name,
        "author": lambda pull, question: actor(pull.author, question),
        "authorAssociation": lambda pull, _: association(pull.repo, pull.author),
        "viewerDidAuthor": lambda pull, question: question.is_mine(pull.author),
        "labels": lambda pull, question: page(
            [Label(pull.repo, name) for name in pull.labels], question
        ),
        "changedFiles": lambda pull, _: len(changes(pull)),
        "reviewThreads": _threads,
        "comments": lambda pull, question: page(pull.comments, question),
        "reviews": _reviews,
        "commits": lambda pull, question: page(commits_of(pull), question),
    },
    "Label": {
        "name": lambda label, _: label.name,
        "repository": lambda label, _: label.repo,
    },
}
