"""The whole life of a pull request, on a real server and a stand-in for GitHub: one story."""

from __future__ import annotations

import asyncio

import pytest

from flows.endings import NOT_REVIEWED
from flows.pr_review import review_pull_request

HEAD = '"""A shop."""\n'
TOTAL = '\n\ndef total(prices):\n    """Return the sum."""\n    return sum(prices)\n'
BASE = {"app.py": f"{HEAD}{TOTAL}"}
RUN = '\n\ndef run(command):\n    """Run it."""\n    return subprocess.call(command, shell=True)\n'
OPENED = {"app.py": f"{HEAD}\nimport os\nimport subprocess\n{TOTAL}{RUN}"}
FIXED_IMPORT = {"app.py": OPENED["app.py"].replace("import os\n", "")}


@pytest.fixture
def review(github, monkeypatch, tmp_path):
    """Review a pull request as the Actions of its repository would."""
    monkeypatch.setenv("REVIEW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GITHUB_API_URL", github.api_url)

    def run(pull, **how):
        monkeypatch.setenv("GITHUB_TOKEN", github.actions_token(pull.repo.full_name))
        return asyncio.run(
            review_pull_request(pull.repo.full_name, pull.number, return_state=True, **how)
        )

    return run


@pytest.fixture
def pull(github, project):
    project.commit(BASE)
    project.git("checkout", "-q", "-b", "feature")
    project.commit(OPENED)
    github.add_repository("acme/shop", project.folder)
    return github.open_pull("acme/shop", head="feature", title="Run things")


def said(pull):
    """What people see: the inline comments, by rule, with whether their thread is resolved."""
    return {
        thread.comments[0].body.split("rule=")[1].split()[0]: thread.resolved
        for thread in pull.threads
    }


def check(github, pull):
    """The one check run of the present head."""
    head = github.pull(pull.repo, pull.number).head_sha
    (run,) = [run for run in pull.repo.check_runs if run.head_sha == head]
    return run.status, run.conclusion


def summary(pull):
    (comment,) = pull.comments
    return comment.body


def test_it_is_opened_reviewed_pushed_fixed_dismissed_force_pushed_and_merged(
    github, project, pull, review
):
    # opened: every finding on its line, one summary, one check run
    review(pull)
    assert said(pull) == {"ruff/F401": False, "ruff_security/S602": False}
    assert "Failed: 1 error" in summary(pull)
    assert check(github, pull) == ("completed", "failure")
    assert [found.state for found in pull.reviews] == ["CHANGES_REQUESTED"]

    # reviewed again, nothing new: nothing is said again
    writes = len(github.writes)
    review(pull)
    assert len(github.writes) == writes

    # pushed, one finding fixed: its thread is resolved, the other is not said again
    project.commit(FIXED_IMPORT)
    review(pull)
    assert said(pull) == {"ruff/F401": True, "ruff_security/S602": False}
    assert "Fixed in" in pull.threads[0].comments[0].body or "Fixed in" in (
        pull.threads[1].comments[0].body
    )
    assert len(pull.reviews) == 1
    assert check(github, pull) == ("completed", "failure")

    # dismissed by a person: it does not count any more, and the request for changes is taken back
    (left,) = [thread for thread in pull.threads if not thread.resolved]
    github.reply(left, "ada", "/review dismiss the command is ours")
    review(pull)
    assert "ada" in summary(pull)
    assert "the command is ours" in summary(pull)
    assert [found.state for found in pull.reviews if found.author.type == "Bot"] == ["DISMISSED"]

    # force-pushed onto a base that moved, with a blank line more: it stays dismissed
    project.git("checkout", "-q", "main")
    project.commit({"other.py": '"""Another."""\n'})
    project.git("checkout", "-q", "-B", "feature", "main")
    project.commit({"app.py": FIXED_IMPORT["app.py"].replace('"""A shop."""', '"""A big shop."""')})
    review(pull)
    assert len(pull.threads) == 2
    assert check(github, pull) == ("completed", "success")
    assert len(pull.comments) == 1

    # merged: there is nothing to review any more
    github.merge(pull)
    writes = len(github.writes)
    state = review(pull)
    assert (state.name, state.message) == (NOT_REVIEWED, "the pull request is merged")
    assert len(github.writes) == writes
