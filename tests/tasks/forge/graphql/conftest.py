"""A fake GitHub with a pull request, asked in GraphQL."""

from __future__ import annotations

import pytest

from tests.fake_github import descriptions, graphql
from tests.fake_github.people import People
from tests.fake_github.state import CheckRun, CheckSuite, Pull

LINES = "".join(f"line {number}\n" for number in range(1, 9))
PULL = (
    'query($n: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $n) { %s } } }'
)


class Place:
    """A fake GitHub with one pull request, whose first commit adds eight lines to a file."""

    def __init__(self, repo) -> None:
        self.repo = repo
        self.hub = People()
        repo.commit({"a.py": "", "README": "A shop.\n"})
        repo.git("checkout", "-q", "-b", "feature")
        repo.commit({"a.py": LINES})
        self.hub.add_repository("acme/shop", repo.folder, permissions={"mel": "write"})
        self.pull: Pull = self.hub.open_pull(
            "acme/shop", head="feature", author="ada", title="Eight lines", labels=["new", "slow"]
        )
        self.token = self.hub.token("mel")

    def ask(self, document: str, token: str = "", **variables) -> dict:
        caller = self.hub.callers[token or self.token]
        return graphql.answer(self.hub, caller, document, variables)

    def data(self, document: str, token: str = "", **variables) -> dict:
        answer = self.ask(document, token, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def of_pull(self, fields: str, token: str = "") -> dict:
        return self.data(PULL % fields, token, n=1)["repository"]["pullRequest"]

    def actions(self, *, read_only: bool = False) -> str:
        return self.hub.actions_token("acme/shop", read_only=read_only)

    def app(self, **permissions: str) -> str:
        """Return a token of an App, with permissions of its own."""
        app = self.hub.app(
            7, "reviewer", "", permissions=permissions or None, installed_on=["acme/shop"]
        )
        return self.hub.installation_token(app, app.installed_on["acme/shop"]).token

    def review(self, login: str, *lines: int, event: str = "COMMENT"):
        comments = [("a.py", line, f"On {line}") for line in lines]
        return self.hub.review(self.pull, login, "A review", event=event, comments=comments)

    def check(self, name: str, **facts) -> CheckRun:
        """Add a check run of Actions to the head."""
        hub, repo, sha = self.hub, self.pull.repo, self.pull.head_sha
        if not repo.check_suites:
            repo.check_suites.append(CheckSuite(hub.next_id(), hub.actions_app, sha, hub.now()))
        run = CheckRun(hub.next_id(), repo.check_suites[0], name, sha, **facts)
        run.suite.runs.append(run)
        return run


@pytest.fixture(scope="module", autouse=True)
def schema():
    try:
        return graphql.schema()
    except descriptions.UnobtainableError as missing:
        descriptions.demand_in_ci(missing)
        pytest.skip(str(missing))


@pytest.fixture
def place(repo) -> Place:
    return Place(repo)
