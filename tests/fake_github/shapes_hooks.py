"""JSON that only webhooks have: issues that are pull requests, suites, installations, hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fake_github.access import Caller
from tests.fake_github.accounts import App
from tests.fake_github.hooks import Hook
from tests.fake_github.reacting import rollup
from tests.fake_github.shapes import BEGINNING, Json, app, user
from tests.fake_github.shapes_checks import check_run
from tests.fake_github.shapes_pulls import pull_request
from tests.fake_github.state import CheckRun, CheckSuite, Pull, Repo

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

EVENTS = ["check_run", "issue_comment", "pull_request", "pull_request_review_comment"]
LIKE_A_PULL = (
    "id", "node_id", "number", "title", "user", "labels", "state", "locked", "assignee",
    "assignees", "milestone", "created_at", "updated_at", "closed_at", "author_association",
    "active_lock_reason", "body", "draft", "comments_url", "html_url",
)  # fmt: skip
OF_A_SUITE_ALONE = ("latest_check_runs_count", "check_runs_url", "head_commit")
LINKS = ("url", "html_url", "diff_url", "patch_url", "merged_at")


def issue(hub: Hub, pull: Pull) -> Json:
    """An issue that is a pull request."""
    repo = f"{hub.api_url}/repos/{pull.repo.full_name}"
    url = f"{repo}/issues/{pull.number}"
    shown = pull_request(hub, pull, Caller(pull.repo.owner, "classic"))
    return {
        **{name: shown[name] for name in LIKE_A_PULL},
        "url": url,
        "repository_url": repo,
        "labels_url": f"{url}/labels{{/name}}",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "comments": len(pull.comments),
        "reactions": rollup(url, []),
        "performed_via_github_app": None,
        "pull_request": {name: shown[name] for name in LINKS},
    }


def check_with_suite(hub: Hub, repo: Repo, run: CheckRun) -> Json:
    """A check run, with its suite and its pull requests."""
    whole = suite(hub, repo, run.suite)
    inside = {name: whole[name] for name in whole if name not in OF_A_SUITE_ALONE}
    return check_run(hub, repo, run) | {
        "check_suite": inside,
        "pull_requests": whole["pull_requests"],
        # never null here, whatever REST says of one that is queued
        "started_at": run.started_at or run.suite.created_at,
    }


def suite(hub: Hub, repo: Repo, of: CheckSuite) -> Json:
    """A check suite; those of a fork's branch name no pull request."""
    url = f"{hub.api_url}/repos/{repo.full_name}/check-suites/{of.id}"
    pulls = [
        pull
        for pull in hub.pulls(repo)
        if pull.head_sha == of.head_sha and pull.head_repository == repo.full_name
    ]
    done = all(run.status == "completed" for run in of.runs)
    person = {"name": "Ada", "email": "ada@example.org"}
    return {
        "id": of.id,
        "node_id": of.node_id,
        "head_branch": pulls[0].head_ref if pulls else None,
        "head_sha": of.head_sha,
        "status": "completed" if done else "queued",
        "conclusion": "success" if done else None,
        "url": url,
        "before": None,
        "after": of.head_sha,
        "pull_requests": [_listed(hub, pull) for pull in pulls],
        "app": app(hub, of.app),
        "created_at": of.created_at,
        "updated_at": of.created_at,
        "latest_check_runs_count": len(of.runs),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": {
            "id": of.head_sha,
            "tree_id": of.head_sha,
            "message": "",
            "timestamp": of.created_at,
            "author": person,
            "committer": person,
        },
    }


def installation(hub: Hub, app_: App, number: int) -> Json:
    """An installation of an App on the repositories of its owner."""
    url = f"{hub.api_url}/app/installations/{number}"
    return {
        "id": number,
        "account": user(hub, app_.owner),
        "repository_selection": "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{hub.api_url}/installation/repositories",
        "html_url": f"{hub.web_url}/settings/installations/{number}",
        "app_id": app_.id,
        "app_slug": app_.slug,
        "target_id": app_.owner.id,
        "target_type": app_.owner.type,
        "permissions": app_.permissions,
        "events": EVENTS,
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


def installed(repo: Repo) -> Json:
    """A repository as an installation lists it."""
    return {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
    }


def hook(of: Hook) -> Json:
    """A webhook; of an App's, or of an organisation's."""
    secret = {"secret": "********"} if of.secret else {}
    return {
        "type": "App" if of.app else "Organization",
        "id": of.id,
        "name": "web",
        "active": of.active,
        "events": EVENTS,
        "config": {"content_type": "json", "insecure_ssl": "0", "url": of.url, **secret},
        "updated_at": of.created_at,
        "created_at": of.created_at,
    }


def _listed(hub: Hub, pull: Pull) -> Json:
    """A pull request as a suite lists it."""
    url = f"{hub.api_url}/repos/{pull.repo.full_name}"
    repo = {"id": pull.repo.id, "name": pull.repo.name, "url": url}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{url}/pulls/{pull.number}",
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": repo},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": repo},
    }
