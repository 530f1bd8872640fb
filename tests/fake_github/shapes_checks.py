"""REST's JSON of check runs and statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fake_github.access import Caller
from tests.fake_github.shapes import Json, app, repository, user
from tests.fake_github.state import CheckRun, Repo, Status

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub


def check_run(hub: Hub, repo: Repo, run: CheckRun) -> Json:
    """A `check-run`."""
    url = f"{hub.api_url}/repos/{repo.full_name}/check-runs/{run.id}"
    page = f"{hub.web_url}/{repo.full_name}/runs/{run.id}"
    counts = {"annotations_count": len(run.annotations), "annotations_url": f"{url}/annotations"}
    return {
        "id": run.id,
        "node_id": run.node_id,
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": run.output | counts,
        "check_suite": {"id": run.suite.id},
        "app": app(hub, run.app),
        "pull_requests": [],
    }


def annotation(hub: Hub, repo: Repo, run: CheckRun, sent: dict[str, Any]) -> Json:
    """A `check-annotation`."""
    empty = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    blob = f"{hub.web_url}/{repo.full_name}/blob/{run.head_sha}/{quote(sent['path'])}"
    return empty | sent | {"blob_href": blob}


def status(hub: Hub, repo: Repo, status_: Status) -> Json:
    """A `status`."""
    return simple_status(hub, repo, status_) | {"creator": user(hub, status_.creator)}


def simple_status(hub: Hub, repo: Repo, status_: Status) -> Json:
    """A `simple-commit-status`."""
    return {
        "url": f"{hub.api_url}/repos/{repo.full_name}/statuses/{status_.sha}",
        "avatar_url": f"{hub.web_url}/avatars/{status_.creator.id}",
        "id": status_.id,
        "node_id": status_.node_id,
        "state": status_.state,
        "description": status_.description,
        "target_url": status_.target_url,
        "context": status_.context,
        "created_at": status_.created_at,
        "updated_at": status_.created_at,
    }


def combined(hub: Hub, repo: Repo, sha: str, newest: list[Status], caller: Caller) -> Json:
    """A `combined-commit-status`: the worst of each context's newest."""
    states = {one.state for one in newest}
    worst = "failure" if states & {"failure", "error"} else "pending"
    url = f"{hub.api_url}/repos/{repo.full_name}/commits/{sha}"
    return {
        "state": "success" if states == {"success"} else worst,
        "statuses": [simple_status(hub, repo, one) for one in newest],
        "sha": sha,
        "total_count": len(newest),
        "repository": repository(hub, repo, caller),
        "commit_url": url,
        "url": f"{url}/status",
    }
