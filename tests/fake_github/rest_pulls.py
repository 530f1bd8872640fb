"""REST: pull requests and their files."""

from __future__ import annotations

from tests.fake_github import lines, shapes_pulls
from tests.fake_github.routing import Answer, Request, Route

MOST_FILES = 3000
"""https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files"""


def list_pulls(request: Request) -> Answer:
    state, head, base = (request.query.get(name, "") for name in ("state", "head", "base"))
    found = [
        pull
        for pull in reversed(request.hub.pulls(request.repo))
        if state == "all" or pull.state == (state or "open")
        if not head or head == f"{pull.head_repository.partition('/')[0]}:{pull.head_ref}"
        if not base or base == pull.base_ref
    ]
    by_time = request.query.get("sort") == "updated"
    if by_time:
        found.sort(key=lambda pull: pull.updated_at, reverse=True)
    if request.query.get("direction", "asc" if by_time else "desc") == "asc":
        found.reverse()
    return request.page(found, lambda p: shapes_pulls.pull_request(request.hub, p, request.caller))


def get_pull(request: Request) -> Answer:
    return Answer(200, shapes_pulls.full_pull_request(request.hub, request.pull, request.caller))


def list_files(request: Request) -> Answer:
    files = list(lines.changes(request.pull).values())[:MOST_FILES]
    return request.page(files, lambda f: shapes_pulls.diff_entry(request.hub, request.pull, f))


PULLS = "/repos/{owner}/{repo}/pulls"
ROUTES = (
    Route("GET", PULLS, list_pulls, ("pull_requests",)),
    Route("GET", PULLS + "/{pull_number}", get_pull, ("pull_requests",)),
    Route("GET", PULLS + "/{pull_number}/files", list_files, ("pull_requests",)),
)
