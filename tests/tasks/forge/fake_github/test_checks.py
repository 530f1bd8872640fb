"""Check runs, statuses, uploads to code scanning."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from tests.tasks.forge.fake_github.conftest import SHOP


@pytest.fixture
def head(shop):
    return shop.pull.head_sha


@pytest.fixture
def actions(shop):
    return shop.hub.actions_token(SHOP)


def noted(count):
    one = {"path": "old.py", "annotation_level": "warning", "message": "hm"}
    return [one | {"start_line": n, "end_line": n} for n in range(1, count + 1)]


def output(**about):
    return {"title": "two things", "summary": "see there", **about}


def test_pygithub_leads_a_check_run_from_queued_to_completed(shop, head, actions):
    repo = shop.github(actions)
    run = repo.create_check_run("review", head, external_id="run-1", status="queued")
    assert (run.status, run.conclusion, run.started_at, run.app.slug) == (
        "queued",
        None,
        None,
        "github-actions",
    )
    run.edit(status="in_progress")
    assert (run.status, run.completed_at) == ("in_progress", None)
    run.edit(conclusion="failure", output=output(annotations=noted(50)))
    run.edit(output=output(annotations=noted(3)))
    assert (run.status, run.conclusion, run.output.annotations_count) == (
        "completed",
        "failure",
        53,
    )
    assert run.completed_at is not None
    assert len(list(run.get_annotations())) == 53
    assert [found.external_id for found in repo.get_commit(head).get_check_runs()] == ["run-1"]
    assert repo.get_check_run(run.id).output.title == "two things"


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"output": output(annotations=noted(51))}, "Only 50 items are allowed; 51 were given"),
        ({"output": output(summary="x" * 65_536)}, "summary exceeds a maximum bytesize of 65535"),
        ({"output": output(text="x" * 65_536)}, "text exceeds a maximum bytesize of 65535"),
        ({"output": output(title="x" * 256)}, "title exceeds a maximum bytesize of 255"),
        ({"output": output(summary="")}, "output must have a title and a summary"),
        ({"status": "completed"}, "conclusion is required when status is completed"),
        ({"details_url": "ftp://example.org"}, "details_url must use http or https scheme"),
        (
            {"output": output(annotations=[noted(1)[0] | {"end_line": 2, "start_column": 3}])},
            "columns are for annotations of one line",
        ),
    ],
)
def test_a_check_run_has_bounds(shop, head, actions, about, message):
    sent = {"name": "review", "head_sha": head, **about}
    answer = shop.api(actions).post("/check-runs", json=sent)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, message)
    assert shop.pull.repo.check_runs == []
    shop.hub.violations.clear()  # some of these bounds are in the description, too


def test_what_is_at_its_bound_is_let_through(shop, head, actions):
    full = output(title="x" * 255, summary="x" * 65_535, text="x" * 65_535)
    sent = {"name": "review", "head_sha": head, "output": full | {"annotations": noted(50)}}
    assert shop.api(actions).post("/check-runs", json=sent).status_code == 201


def test_a_check_run_needs_a_commit_that_is_there(shop, actions):
    answer = shop.api(actions).post("/check-runs", json={"name": "r", "head_sha": "0" * 40})
    assert (answer.status_code, answer.json()["message"][:19]) == (422, "No commit found for")


def test_the_newest_of_a_name_is_listed_unless_all_are_asked_for(shop, head, actions):
    api, url = shop.api(actions), f"/commits/{head}/check-runs"
    for name in ("review", "review", "other"):
        api.post("/check-runs", json={"name": name, "head_sha": head})
    runs = shop.pull.repo.check_runs

    def listed(**query):
        return {run["id"] for run in api.get(url, params=query).json()["check_runs"]}

    assert listed() == {runs[1].id, runs[2].id}
    assert listed(filter="all", check_name="review") == {runs[0].id, runs[1].id}
    assert listed(app_id=1) == listed(status="completed") == set()
    assert listed(app_id=runs[0].app.id) == listed()


def test_a_check_run_can_be_asked_for_again(shop, head, actions):
    run = shop.github(actions).create_check_run("review", head, conclusion="success")
    shop.api(actions).post(f"/check-runs/{run.id}/rerequest")
    again = shop.pull.repo.check_runs[0]
    assert (again.status, again.conclusion, again.rerequested) == ("queued", None, 1)


def test_only_the_app_that_made_a_check_run_changes_it(shop, head, actions):
    run = shop.github(actions).create_check_run("review", head)
    shop.app()
    app = shop.hub.apps[7]
    other = shop.hub.installation_token(app, app.installed_on[SHOP]).token
    answer = shop.api(other).patch(f"/check-runs/{run.id}", json={"status": "in_progress"})
    assert (answer.status_code, answer.json()["message"][:19]) == (403, "Invalid app_id `7` ")


def test_pygithub_sets_statuses_of_which_the_newest_counts(shop, head):
    commit = shop.github().get_commit(head)
    commit.create_status("pending", "", "looking", "review")
    commit.create_status("success", "https://example.org", "x" * 140, "review")
    commit.create_status("error", context="other")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("failure", 2)
    all_ = shop.api().get(f"/commits/{head}/statuses").json()
    assert [status["state"] for status in all_] == ["error", "success", "pending"]


@pytest.mark.parametrize(
    ("about", "field"), [({"state": "fine"}, "state"), ({"description": "x" * 141}, "description")]
)
def test_a_status_has_bounds(shop, head, about, field):
    answer = shop.api().post(f"/statuses/{head}", json={"state": "success", **about})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    shop.hub.violations.clear()  # that state is not in the description either


def packed(log):
    return base64.b64encode(gzip.compress(json.dumps(log).encode())).decode()


def test_an_upload_is_looked_at_later(shop, head):
    api = shop.api()
    sent = {"commit_sha": head, "ref": "refs/pull/1/head", "sarif": packed({"runs": []})}
    answer = api.post("/code-scanning/sarifs", json=sent)
    assert answer.status_code == 202
    url = f"/code-scanning/sarifs/{answer.json()['id']}"
    states = [api.get(url).json()["processing_status"] for _ in range(3)]
    assert states == ["pending", "complete", "complete"]
    assert shop.pull.repo.sarifs[0].log == {"runs": []}


def test_an_upload_with_too_many_results_fails_later(shop, head):
    log = {"runs": [{"results": [0] * 25_001}]}
    sent = {"commit_sha": head, "ref": "refs/heads/feature", "sarif": packed(log)}
    url = (
        f"/code-scanning/sarifs/{shop.api().post('/code-scanning/sarifs', json=sent).json()['id']}"
    )
    last = [shop.api().get(url).json() for _ in range(2)][-1]
    assert (last["processing_status"], len(last["errors"])) == ("failed", 1)


@pytest.mark.parametrize(
    ("about", "status"),
    [
        ({"sarif": base64.b64encode(b"{}").decode()}, 400),
        ({"sarif": "!"}, 400),
        ({"sarif": packed({})}, 400),
        ({"ref": "feature"}, 400),
        ({"commit_sha": "0" * 40}, 404),
    ],
)
def test_an_upload_that_is_none_is_refused(shop, head, about, status):
    good = {"commit_sha": head, "ref": "refs/heads/feature", "sarif": packed({"runs": []})}
    assert shop.api().post("/code-scanning/sarifs", json=good | about).status_code == status
    shop.hub.violations.clear()  # the description has a pattern for the reference


def test_where_code_scanning_is_off_an_upload_is_forbidden(shop, head):
    shop.pull.repo.code_scanning = False
    sent = {"commit_sha": head, "ref": "refs/heads/feature", "sarif": packed({"runs": []})}
    assert shop.api().post("/code-scanning/sarifs", json=sent).status_code == 403
