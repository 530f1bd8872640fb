"""What GraphQL answers of check runs and statuses."""

from __future__ import annotations

from tests.fake_github.state import Status

CHECKS = """query($c: String!, $o: GitObjectID!) { repository(owner: "acme", name: "shop") {
  object(oid: $o) { ... on Commit {
    checkSuites(first: 5, filterBy: {checkName: $c}) { totalCount nodes { app { slug databaseId }
      checkRuns(first: 5, filterBy: {checkName: $c}) { nodes {
        databaseId externalId name status conclusion title annotations(first: 1) { totalCount }
      } } } }
    status { state contexts { context state description targetUrl } } } } } }"""


def test_a_commit_has_the_checks_of_a_name_and_of_each_name_the_latest(place):
    place.check("other")
    place.check("review")
    last = place.check(
        "review", external_id="x", status="completed", conclusion="failure",
        annotations=[{"path": "a.py"}, {"path": "b.py"}],
    )  # fmt: skip
    last.output["title"] = "2 findings"
    answer = place.data(CHECKS, c="review", o=place.pull.head_sha)["repository"]["object"]
    assert answer == {
        "checkSuites": {
            "totalCount": 1,
            "nodes": [
                {
                    "app": {"slug": "github-actions", "databaseId": 15368},
                    "checkRuns": {
                        "nodes": [
                            {
                                "databaseId": last.id,
                                "externalId": "x",
                                "name": "review",
                                "status": "COMPLETED",
                                "conclusion": "FAILURE",
                                "title": "2 findings",
                                "annotations": {"totalCount": 2},
                            }
                        ]
                    },
                }
            ],
        },
        "status": None,
    }
    none = place.data(CHECKS, c="absent", o=place.pull.head_sha)["repository"]["object"]
    assert none["checkSuites"] == {"totalCount": 0, "nodes": []}
    every = CHECKS.replace("{checkName: $c}) { nodes", "{checkName: $c, checkType: ALL}) { nodes")
    runs = place.data(every, c="review", o=place.pull.head_sha)["repository"]["object"]
    assert len(runs["checkSuites"]["nodes"][0]["checkRuns"]["nodes"]) == 2


def test_of_each_context_the_newest_status_counts_and_the_worst_is_the_state(place):
    repo, hub = place.pull.repo, place.hub
    for context, state in (("a", "failure"), ("a", "pending"), ("b", "success")):
        repo.statuses.append(
            Status(
                hub.next_id(), place.pull.head_sha, context, state, f"{state}!", None,
                hub.account("mel"), hub.now(),
            )
        )  # fmt: skip
    found = place.data(CHECKS, c="x", o=place.pull.head_sha)["repository"]["object"]["status"]
    assert found == {
        "state": "PENDING",
        "contexts": [
            {"context": "a", "state": "PENDING", "description": "pending!", "targetUrl": None},
            {"context": "b", "state": "SUCCESS", "description": "success!", "targetUrl": None},
        ],
    }


def test_checks_are_null_and_an_error_for_a_token_that_may_not_read_them(place):
    place.check("review")
    fine = place.hub.token("mel", permissions={"pull_requests": "write"})
    answer = place.ask(CHECKS, fine, c="review", o=place.pull.head_sha)
    assert answer["data"]["repository"]["object"]["checkSuites"]["nodes"] == [None]
    (error,) = answer["errors"]
    assert (error["type"], error["extensions"]) == ("FORBIDDEN", {"saml_failure": False})
    assert error["message"] == "Resource not accessible by personal access token"
    assert error["path"][-2:] == ["nodes", 0]
    app = place.app(pull_requests="write")
    (error,) = place.ask(CHECKS, app, c="review", o=place.pull.head_sha)["errors"]
    assert error["message"] == "Resource not accessible by integration"


def test_a_commit_that_is_not_there_is_null(place):
    assert place.data(CHECKS, c="x", o="0" * 40) == {"repository": {"object": None}}
