"""REST: check runs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.fake_github import git_state, telling
from tests.fake_github.accounts import App
from tests.fake_github.routing import Answer, RefusedError, Request, Route, invalid, not_found
from tests.fake_github.shapes_checks import annotation, check_run
from tests.fake_github.state import CheckRun, CheckSuite, Repo

AT_ONCE = 50
"""Annotations in one request: https://docs.github.com/en/rest/checks/runs"""

LONGEST = {"title": 255, "summary": 65_535, "text": 65_535}
"""Bytes, whatever the description says: https://github.com/github/docs/issues/35252"""

NOT_YOURS = (
    "Invalid app_id `{}` - check run can only be modified by the GitHub App that created it."
)


def _bad(field: str, message: str) -> RefusedError:
    return invalid("CheckRun", field, "custom", message)


def _check(sent: dict[str, Any]) -> None:
    """Refuse what GitHub refuses; a request is done as a whole, or not at all."""
    if sent.get("status") == "completed" and not sent.get("conclusion"):
        raise _bad("conclusion", "conclusion is required when status is completed")
    if urlsplit(sent.get("details_url") or "http:").scheme not in {"http", "https"}:
        raise _bad("details_url", "details_url must use http or https scheme")
    output = sent.get("output")
    if output is None:
        return
    if not output.get("summary") or not output.get("title", "-"):
        raise _bad("output", "output must have a title and a summary")
    for field, longest in LONGEST.items():
        if len((output.get(field) or "").encode()) > longest:
            raise _bad(field, f"{field} exceeds a maximum bytesize of {longest}")
    annotations = output.get("annotations") or []
    if len(annotations) > AT_ONCE:
        raise _bad(
            "annotations", f"Only {AT_ONCE} items are allowed; {len(annotations)} were given"
        )
    for one in annotations:
        columns = "start_column" in one or "end_column" in one
        if columns and one["start_line"] != one["end_line"]:
            raise _bad("annotations", "columns are for annotations of one line")


def _apply(request: Request, run: CheckRun, sent: dict[str, Any]) -> None:
    """Change a check run; annotations are added to those it has."""
    now = request.hub.now()
    if "status" in sent or "conclusion" in sent:
        # a conclusion completes it: https://docs.github.com/en/rest/checks/runs
        run.status = "completed" if sent.get("conclusion") else sent["status"]
        run.conclusion = sent.get("conclusion")
        run.completed_at = (sent.get("completed_at") or now) if run.conclusion else None
    if run.status != "queued":
        run.started_at = sent.get("started_at") or run.started_at or now
    run.name = sent.get("name", run.name)
    run.external_id = sent.get("external_id", run.external_id)
    run.details_url = sent.get("details_url", run.details_url)
    if output := sent.get("output"):
        run.output |= {field: output[field] for field in LONGEST if field in output}
        run.annotations += output.get("annotations") or []


def _suite(request: Request, app: App, sha: str) -> CheckSuite:
    """The suite of an App at a commit, which GitHub makes by itself."""
    for suite in request.repo.check_suites:
        if suite.app is app and suite.head_sha == sha:
            return suite
    made = CheckSuite(request.hub.next_id(), app, sha, request.hub.now())
    request.repo.check_suites.append(made)
    return made


def _wanted(request: Request) -> CheckRun:
    number = request.number("check_run_id")
    for run in request.repo.check_runs:
        if run.id == number:
            return run
    raise not_found()


def create_check(request: Request) -> Answer:
    sent, app = request.body, request.caller.app
    assert app is not None  # who has the right is one
    if not sent.get("name"):
        raise invalid("CheckRun", "name", "missing_field", "name is missing")
    sha = sent.get("head_sha", "")
    if git_state.commit_of(request.repo.folder, sha) != sha:
        raise RefusedError(422, f"No commit found for SHA: {sha}")
    _check(sent)
    run = CheckRun(request.hub.next_id(), _suite(request, app, sha), sent["name"], sha)
    _apply(request, run, sent)
    run.suite.runs.append(run)
    return Answer(201, check_run(request.hub, request.repo, run))


def get_check(request: Request) -> Answer:
    return Answer(200, check_run(request.hub, request.repo, _wanted(request)))


def update_check(request: Request) -> Answer:
    run, app = _wanted(request), request.caller.app
    if run.app is not app:
        raise RefusedError(403, NOT_YOURS.format(app.id if app else 0))
    _check(request.body)
    _apply(request, run, request.body)
    return Answer(200, check_run(request.hub, request.repo, run))


def list_annotations(request: Request) -> Answer:
    run = _wanted(request)
    return request.page(run.annotations, lambda a: annotation(request.hub, request.repo, run, a))


def rerequest(request: Request) -> Answer:
    run = _wanted(request)
    run.rerequested += 1
    run.status, run.conclusion, run.completed_at = "queued", None, None
    telling.of_check(request.hub, request.repo, run, request.caller.account)
    return Answer(201, {})


def list_checks(request: Request) -> Answer:
    query, sha = request.query, git_state.commit_of(request.repo.folder, request.parts["ref"])
    if sha is None:
        raise RefusedError(422, f"No commit found for SHA: {request.parts['ref']}")
    found = [
        run
        for run in _newest(request.repo, sha, everything=query.get("filter") == "all")
        if query.get("check_name", run.name) == run.name
        and query.get("app_id", str(run.app.id)) == str(run.app.id)
        and query.get("status", run.status) == run.status
    ]
    return request.page(found, lambda r: check_run(request.hub, request.repo, r), key="check_runs")


def _newest(repo: Repo, sha: str, *, everything: bool) -> list[CheckRun]:
    """The runs at a commit; of those with one name and App, the newest, unless all are wanted."""
    runs = [run for run in repo.check_runs if run.head_sha == sha]
    if not everything:
        runs = list({(run.suite.id, run.name): run for run in runs}.values())
    return sorted(runs, key=lambda run: -run.id)


RUNS = "/repos/{owner}/{repo}/check-runs"
RUN = RUNS + "/{check_run_id}"
NEEDS = ("checks",)
ROUTES = (
    Route("POST", RUNS, create_check, NEEDS),
    Route("GET", RUN, get_check, NEEDS),
    Route("PATCH", RUN, update_check, NEEDS),
    Route("GET", RUN + "/annotations", list_annotations, NEEDS),
    Route("POST", RUN + "/rerequest", rerequest, NEEDS),
    Route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", list_checks, NEEDS),
)
