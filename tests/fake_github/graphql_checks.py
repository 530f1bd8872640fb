"""What GraphQL answers of commits: check suites, check runs, statuses."""

from __future__ import annotations

from typing import Any

from tests.fake_github.git_objects import Commit
from tests.fake_github.graphql_files import COMMIT_FILE
from tests.fake_github.graphql_question import Connection, Fields, Question, RefusedError, page
from tests.fake_github.state import CheckRun, CheckSuite, Repo, Status

WORST = ("error", "failure", "pending", "success")


def _readable(repo: Repo, question: Question) -> bool:
    """Whether the caller may read checks.

    Fine-grained personal tokens have no such permission: https://github.com/cli/cli/issues/12597.
    """
    if question.caller.kind == "classic":
        return True
    return question.caller.integration and question.permits(repo, "checks", "read")


def _suites(commit: Commit, question: Question) -> Connection:
    asked = question["filterBy"] or {}
    suites = [
        suite
        for suite in commit.repo.check_suites
        if suite.head_sha == commit.oid
        and asked.get("appId") in {None, suite.app.id}
        and (
            not asked.get("checkName") or any(run.name == asked["checkName"] for run in suite.runs)
        )
    ]
    found = page(suites, question)
    if _readable(commit.repo, question):
        return found
    kind = "integration" if question.caller.integration else "personal access token"
    refused = RefusedError("FORBIDDEN", f"Resource not accessible by {kind}")
    return Connection(
        found.total, [refused] * len(found.nodes), found.cursors, found.before, found.after
    )


def _runs(suite: CheckSuite, question: Question) -> Connection:
    asked = question["filterBy"] or {}
    runs = list(suite.runs)
    if asked.get("checkType") in {None, "LATEST"}:
        runs = sorted({run.name: run for run in runs}.values(), key=lambda run: run.id)
    return page([run for run in runs if _wanted(run, asked)], question)


def _wanted(run: CheckRun, asked: dict[str, Any]) -> bool:
    states = [asked["status"]] if asked.get("status") else asked.get("statuses")
    return (
        asked.get("appId") in {None, run.app.id}
        and asked.get("checkName") in {None, run.name}
        and (states is None or run.status.upper() in states)
        and (
            asked.get("conclusions") is None
            or (run.conclusion or "").upper() in asked["conclusions"]
        )
    )


def _statuses(commit: Commit, _: Question) -> tuple[Commit, list[Status]] | None:
    """Return the newest status of each context; null where there is none."""
    newest = {status.context: status for status in commit.repo.statuses if status.sha == commit.oid}
    return (commit, sorted(newest.values(), key=lambda one: one.context)) if newest else None


def _worst(statuses: list[Status]) -> str:
    return next(state for state in WORST if any(one.state == state for one in statuses)).upper()


def _state_of(suite: CheckSuite) -> str:
    states = {run.status for run in suite.runs}
    return next((s.upper() for s in ("in_progress", "queued") if s in states), "COMPLETED")


FIELDS: Fields = {
    "Commit": {
        **COMMIT_FILE,
        "id": lambda commit, _: f"C_{commit.repo.node_id}_{commit.oid}",
        "oid": lambda commit, _: commit.oid,
        "abbreviatedOid": lambda commit, _: commit.oid[:7],
        "repository": lambda commit, _: commit.repo,
        "checkSuites": _suites,
        "status": _statuses,
    },
    "PullRequestCommit": {
        "id": lambda commit, _: f"PURC_{commit.repo.node_id}_{commit.oid}",
        "commit": lambda commit, _: commit,
    },
    "CheckSuite": {
        "id": lambda suite, _: suite.node_id,
        "databaseId": lambda suite, _: suite.id,
        "app": lambda suite, _: suite.app,
        "status": lambda suite, _: _state_of(suite),
        "createdAt": lambda suite, _: suite.created_at,
        "checkRuns": _runs,
    },
    "CheckRun": {
        "id": lambda run, _: run.node_id,
        "databaseId": lambda run, _: run.id,
        "externalId": lambda run, _: run.external_id or None,
        "name": lambda run, _: run.name,
        "status": lambda run, _: run.status.upper(),
        "conclusion": lambda run, _: run.conclusion.upper() if run.conclusion else None,
        "title": lambda run, _: run.output.get("title"),
        "summary": lambda run, _: run.output.get("summary"),
        "text": lambda run, _: run.output.get("text"),
        "detailsUrl": lambda run, _: run.details_url,
        "startedAt": lambda run, _: run.started_at,
        "completedAt": lambda run, _: run.completed_at,
        "checkSuite": lambda run, _: run.suite,
        "annotations": lambda run, question: page(run.annotations, question),
    },
    "CheckAnnotation": {
        "path": lambda one, _: one["path"],
        "annotationLevel": lambda one, _: one["annotation_level"].upper(),
        "message": lambda one, _: one["message"],
        "title": lambda one, _: one.get("title"),
        "rawDetails": lambda one, _: one.get("raw_details"),
        "location": lambda one, _: one,
    },
    "CheckAnnotationSpan": {
        "start": lambda one, _: (one["start_line"], one.get("start_column")),
        "end": lambda one, _: (one["end_line"], one.get("end_column")),
    },
    "CheckAnnotationPosition": {
        "line": lambda place, _: place[0],
        "column": lambda place, _: place[1],
    },
    "App": {
        "id": lambda app, _: app.node_id,
        "databaseId": lambda app, _: app.id,
        "slug": lambda app, _: app.slug,
        "name": lambda app, _: app.name,
    },
    "Status": {
        "commit": lambda found, _: found[0],
        "contexts": lambda found, _: found[1],
        "state": lambda found, _: _worst(found[1]),
    },
    "StatusContext": {
        "id": lambda status, _: status.node_id,
        "context": lambda status, _: status.context,
        "state": lambda status, _: status.state.upper(),
        "description": lambda status, _: status.description,
        "targetUrl": lambda status, _: status.target_url,
        "creator": lambda status, _: status.creator,
        "createdAt": lambda status, _: status.created_at,
    },
}
