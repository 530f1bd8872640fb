"""REST: commit statuses."""

from __future__ import annotations

from tests.fake_github import git_state
from tests.fake_github.routing import Answer, RefusedError, Request, Route, invalid
from tests.fake_github.shapes_checks import combined, status
from tests.fake_github.state import Status

STATES = frozenset({"error", "failure", "pending", "success"})
LONGEST = 140
MOST = 1000
"""Statuses of one commit and context: https://docs.github.com/en/rest/commits/statuses"""


def _commit(request: Request, name: str) -> str:
    sha = git_state.commit_of(request.repo.folder, name)
    if sha is None:
        raise RefusedError(422, f"No commit found for SHA: {name}")
    return sha


def create_status(request: Request) -> Answer:
    sent, repo, sha = request.body, request.repo, _commit(request, request.parts["sha"])
    context, text = sent.get("context") or "default", sent.get("description")
    if sent.get("state") not in STATES:
        raise invalid("Status", "state", "custom", "state is not included in the list")
    if len(text or "") > LONGEST:
        message = f"description is too long (maximum is {LONGEST} characters)"
        raise invalid("Status", "description", "custom", message)
    same = [one for one in repo.statuses if (one.sha, one.context) == (sha, context)]
    if len(same) >= MOST:
        message = "This SHA and context has reached the maximum number of statuses."
        raise invalid("Status", "base", "custom", message)
    made = Status(
        request.hub.next_id(), sha, context, sent["state"], text, sent.get("target_url"),
        request.caller.account, request.hub.now(),
    )  # fmt: skip
    repo.statuses.append(made)
    return Answer(201, status(request.hub, repo, made))


def _of(request: Request) -> tuple[str, list[Status]]:
    sha = _commit(request, request.parts["ref"])
    return sha, [one for one in reversed(request.repo.statuses) if one.sha == sha]


def list_statuses(request: Request) -> Answer:
    return request.page(_of(request)[1], lambda s: status(request.hub, request.repo, s))


def get_combined(request: Request) -> Answer:
    sha, all_ = _of(request)
    newest = list({one.context: one for one in reversed(all_)}.values())
    return Answer(200, combined(request.hub, request.repo, sha, newest, request.caller))


NEEDS = ("statuses",)
ROUTES = (
    Route("POST", "/repos/{owner}/{repo}/statuses/{sha}", create_status, NEEDS),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", get_combined, NEEDS),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses", list_statuses, NEEDS),
)
