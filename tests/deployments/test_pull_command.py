"""``review pr OWNER/REPO#N`` as a user runs it, and as a GitHub Actions job does."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Repo

SHOP = "acme/shop"
DOCSTRING = '"""A shop."""\n'
BROKEN = {"app.py": f"{DOCSTRING}\nanswer = halve(21)\n"}
QUICK = ("--only", "code_quality")


@pytest.fixture
def hub(github, project: Repo):
    """A GitHub with one repository, whose branch ``feature`` has an error."""
    project.commit({"app.py": DOCSTRING})
    project.git("checkout", "-q", "-b", "feature")
    project.commit(BROKEN)
    github.add_repository(SHOP, project.folder)
    return github


@pytest.fixture
def review_pull(hub, review, tmp_path):
    """Run ``review pr`` of a pull request; returns the ended process."""

    def run(pull, *arguments, token="", **environment):
        ours = {
            "GITHUB_API_URL": hub.api_url,
            "GITHUB_TOKEN": token or hub.actions_token(SHOP),
            "GITHUB_ACTIONS": "",
            "GITHUB_STEP_SUMMARY": "",
        }
        what = ("pr", f"{SHOP}#{pull.number}", *QUICK, *arguments)
        return review(*what, cwd=tmp_path, **{**ours, **environment})

    return run


def commands_in(output: str) -> list[str]:
    """What the runner of a job would obey, in its order.

    https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
    """
    obeyed, stopped = [], ""
    for line in output.splitlines():
        text = line.strip()
        if stopped:
            stopped = "" if text == f"::{stopped}::" else stopped
        elif text.startswith("::stop-commands::"):
            stopped = text.removeprefix("::stop-commands::")
        elif text.startswith("::") or "##[" in text:
            obeyed.append(text)
    assert not stopped, "commands are still stopped"
    return obeyed


def test_a_pull_request_is_reviewed_here_and_nothing_is_said_there(hub, review_pull):
    pull = hub.open_pull(SHOP, head="feature")
    done = review_pull(pull)

    assert done.returncode == 1, done.stderr
    assert "ruff/F821" in done.stdout
    assert hub.writes == []


def test_published_it_is_on_github_and_fail_on_moves_the_threshold(hub, review_pull):
    pull = hub.open_pull(SHOP, head="feature")
    done = review_pull(pull, "--publish", "--fail-on", "never")

    assert done.returncode == 0, done.stderr
    assert (len(pull.reviews), len(pull.comments)) == (1, 1)
    assert [run.conclusion for run in pull.repo.check_runs] == ["success"]


def test_the_operators_policy_is_followed(hub, review_pull, tmp_path):
    pull = hub.open_pull(SHOP, head="feature")
    (tmp_path / "policy.yaml").write_text("say:\n  check: ours\nfail_on: critical\n")
    done = review_pull(pull, "--publish", "--policy", "policy.yaml")

    assert done.returncode == 0, done.stderr
    assert [(run.name, run.conclusion) for run in pull.repo.check_runs] == [("ours", "success")]


def test_what_is_ignored_is_exit_code_0_and_a_line_that_says_why(hub, review_pull):
    pull = hub.open_pull(SHOP, head="feature", draft=True)
    done = review_pull(pull, "--publish")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "Not reviewed: it is a draft (pull_requests.drafts)\n"


def test_a_bad_policy_of_the_base_is_exit_code_2_with_file_and_line(hub, project, review_pull):
    project.git("checkout", "-q", "main")
    project.commit({".review.yaml": "say:\n  inlin: 3\n"})
    project.git("checkout", "-q", "-B", "feature", "main")
    project.commit(BROKEN)
    pull = hub.open_pull(SHOP, head="feature")
    done = review_pull(pull, "--publish")

    assert done.returncode == 2
    assert "review: main:.review.yaml:2: unknown name 'inlin'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_token_outside_of_actions_is_exit_code_2_with_what_to_do(hub, review_pull):
    pull = hub.open_pull(SHOP, head="feature")
    done = review_pull(pull, "--publish", token=hub.actions_token(SHOP, read_only=True))

    assert done.returncode == 2
    assert "ruff/F821" in done.stdout  # the verdict is not lost
    assert "pull_requests: write" in done.stderr
    assert "review connect check" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def fork(hub, make_repo):
    """Open a pull request of a fork, with hostile names and code."""
    fork = make_repo("fork")
    source = hub.repositories[SHOP].folder
    fork.git("-c", "protocol.file.allow=always", "fetch", "-q", str(source), "main")
    fork.git("checkout", "-q", "-B", "patch", "FETCH_HEAD")
    fork.commit(
        {
            **BROKEN,
            "a\n::error::pwned.py": "answer = halve(21)\n",
            "##[error]x.py": "a = b\n",
            "b.py": "::set-output name=x::y\n::stop-commands::never\n##[add-mask]a\n",
        }
    )
    hub.fork("eve/shop", of=SHOP, folder=fork.folder)
    return hub.open_pull(
        SHOP, head="patch", head_repository="eve/shop", author="eve", title="::warning::hello"
    )


def test_a_forks_pull_request_in_actions_is_reviewed_in_the_job_itself(
    hub, fork, review_pull, tmp_path
):
    summary = tmp_path / "summary.md"
    done = review_pull(
        fork,
        "--publish",
        token=hub.actions_token(SHOP, read_only=True),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert done.returncode == 1, done.stderr
    obeyed = commands_in(done.stdout)
    assert obeyed[0].startswith("::notice title=review::The token of this job may not write")
    assert any(line.startswith("::error file=app.py,line=3") for line in obeyed)
    assert all(
        line.startswith(("::notice ", "::error file=", "::warning file=")) for line in obeyed
    )
    assert commands_in(done.stderr) == []
    assert "Only here, and not on the pull request" in summary.read_text()
    assert "F821" in summary.read_text()
    assert (fork.reviews, fork.comments, fork.repo.check_runs, fork.repo.statuses) == ([],) * 4
    assert not any(call.took_effect for call in hub.writes)


def test_the_report_for_a_machine_stays_one_in_actions(hub, review_pull, tmp_path):
    pull = hub.open_pull(SHOP, head="feature")
    report = tmp_path / "report.json"
    done = review_pull(
        pull, "--publish", "--format", "json", "--output", str(report), GITHUB_ACTIONS="true"
    )

    assert done.returncode == 1, done.stderr
    assert json.loads(report.read_text())["verdict"] == "failed"
    assert commands_in(done.stdout) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["acme/shop"], "write OWNER/REPO#NUMBER"),
        (["acme/shop#1", "--base", "main"], "--base is about a repository here"),
        (["--publish"], "--publish is about a pull request"),
        (["acme/shop#1", "--skip", "nothing"], "nothing"),
    ],
)
def test_what_does_not_go_together_is_exit_code_2(review, project, arguments, words):
    project.commit({})
    done = review("pr", *arguments)

    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize(
    "url", ["https://github.example.org/acme/shop/pull/1", "http://acme.test/acme/shop/pull/1"]
)
def test_the_address_of_another_github_is_refused(hub, review, tmp_path, url):
    hub.open_pull(SHOP, head="feature")
    ours = {"GITHUB_API_URL": hub.api_url, "GITHUB_TOKEN": hub.actions_token(SHOP)}
    ended = review("pr", url, *QUICK, cwd=tmp_path, **ours)

    assert ended.returncode == 2
    assert f"{url.removesuffix('/acme/shop/pull/1')} is not where we are connected" in ended.stderr
    assert hub.web_url in ended.stderr
    assert not [call for call in hub.calls if call.kind == "graphql"]


def test_the_address_of_ours_is_a_name_like_another(hub, review, tmp_path):
    pull = hub.open_pull(SHOP, head="feature")
    ours = {"GITHUB_API_URL": hub.api_url, "GITHUB_TOKEN": hub.actions_token(SHOP)}
    url = f"{hub.web_url}/{SHOP}/pull/{pull.number}/files"

    assert review("pr", url, *QUICK, "--quiet", cwd=tmp_path, **ours).returncode == 1


def test_what_is_not_reviewed_is_said_even_where_all_is_to_be_quiet(hub, review_pull):
    ended = review_pull(hub.open_pull(SHOP, head="feature", draft=True), "--quiet")

    assert ended.returncode == 0
    assert ended.stdout == "Not reviewed: it is a draft (pull_requests.drafts)\n"
