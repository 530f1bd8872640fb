"""``action.yml`` as a runner executes it, on a pull request of the stand-in for GitHub."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from deployments.actions.environment import Environment, named
from deployments.server import Server
from tests.deployments.runner import Cache, Runner, at_work, brought
from tests.deployments.test_pull_command import BROKEN, DOCSTRING, SHOP, commands_in

EXTRAS = ("quality", "security")
MAKE = "Make the environment"


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A runner's disk, of which every job finds its folders in the same place, and empty."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture(scope="module")
def action(machine):
    """The action as a runner brings it: a copy of its files, in a folder of its own."""
    return brought(machine / "action")


@pytest.fixture(scope="module")
def ready(machine, action):
    """The environment that tests run in, as a job before has kept it in the cache."""
    cache = Cache(machine / "cache")
    folder = machine / "temp" / "prefect-review" / "environment"
    folder.mkdir(parents=True)
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / part).symlink_to(Path(sys.prefix) / part)
    cache.put(named(Environment(action, folder, EXTRAS))["key"], folder)
    return cache


@pytest.fixture
def hub(github, project):
    """A GitHub with one repository, whose branch ``feature`` has an error."""
    project.commit({"app.py": DOCSTRING})
    project.git("checkout", "-q", "-b", "feature")
    project.commit(BROKEN)
    github.add_repository(SHOP, project.folder)
    return github


@pytest.fixture
def job(hub, machine, action, ready):
    """Run a job that uses the action on a pull request, or on none.

    It starts no server of its own where it is given one.
    """

    def run(pull=None, *, read_only=False, cache=ready, server="", attempt=1, **inputs):
        shutil.rmtree(machine / "temp", ignore_errors=True)
        github = {
            "event": {"pull_request": {"number": pull.number}} if pull else {},
            "token": hub.actions_token(SHOP, read_only=read_only),
            "repository": SHOP,
            "run_id": 7,
            "run_attempt": attempt,
        }
        environment = {"GITHUB_API_URL": hub.api_url}
        if server:
            environment["PREFECT_API_URL"] = server
        return Runner(machine, cache, github, environment).use(action, **inputs)

    return run


@pytest.fixture
def server(data):
    """A server that is there, so that a job need not start its own."""
    server = Server(data)
    server.ensure()
    return server.url


def test_it_reviews_says_so_there_and_hands_the_verdict_on(hub, job, server):
    pull = hub.open_pull(SHOP, head="feature")
    done = job(pull, server=server, only="code_quality")

    assert done.failed
    assert MAKE not in done.ran, "it was in the cache"
    assert (done.outputs["verdict"], done.outputs["exit-code"]) == ("failed", "1"), done.log
    assert (done.outputs["findings"], done.outputs["errors"]) == ("1", "1")
    assert done.outputs["critical"] == done.outputs["warnings"] == done.outputs["remarks"] == "0"
    assert done.outputs["summary"] == "failed: 1 error"
    assert "F821" in Path(done.outputs["report"]).read_text()
    assert json.loads(Path(done.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert json.loads(Path(done.outputs["json"]).read_text())["verdict"] == "failed"
    assert "F821" in done.summary
    assert "Only here" not in done.summary
    assert commands_in(done.log) == [], "annotations are in the check run, and not twice"
    assert (len(pull.reviews), len(pull.repo.check_runs)) == (1, 1)


def test_what_passes_passes_and_what_is_published_never_is_said_in_the_job(hub, job, server):
    pull = hub.open_pull(SHOP, head="feature")
    done = job(pull, server=server, only="code_quality", fail_on="never", publish="never")

    assert not done.failed, done.log
    assert (done.outputs["verdict"], done.outputs["exit-code"]) == ("passed", "0")
    assert [line.startswith("::error file=app.py,line=3") for line in commands_in(done.log)] == [
        True
    ]
    assert "F821" in done.summary
    assert hub.writes == []


def test_a_fork_whose_token_may_only_read_is_reviewed_in_the_job(hub, job, server, make_repo):
    fork = make_repo("fork")
    source = str(hub.repositories[SHOP].folder)
    fork.git("-c", "protocol.file.allow=always", "fetch", "-q", source, "main")
    fork.git("checkout", "-q", "-B", "patch", "FETCH_HEAD")
    fork.commit({**BROKEN, "$(exit 9)\n::error::pwned.py": "answer = halve(21)\n"})
    hub.fork("eve/shop", of=SHOP, folder=fork.folder)
    pull = hub.open_pull(SHOP, head="patch", head_repository="eve/shop", author="eve")
    done = job(pull, server=server, read_only=True, only="code_quality")

    assert (done.outputs["verdict"], done.outputs["exit-code"]) == ("failed", "1")
    obeyed = commands_in(done.log)
    assert obeyed[0].startswith("::notice title=review::The token of this job may not write")
    assert any(line.startswith("::error file=app.py,line=3") for line in obeyed)
    assert all(line.startswith(("::notice ", "::error file=", "::warning ")) for line in obeyed)
    assert done.summary.startswith("> **Only here, and not on the pull request:**")
    assert done.summary.count("Only here") == 1
    assert not any(call.took_effect for call in hub.writes)


def test_a_policy_that_cannot_be_followed_is_said_where_people_look(hub, job, server):
    pull = hub.open_pull(SHOP, head="feature")
    done = job(pull, server=server, policy="fail_at: error\n")

    assert done.failed
    assert (done.outputs["verdict"], done.outputs["exit-code"]) == ("", "2")
    (said,) = commands_in(done.log)
    assert said.startswith("::error title=review::")
    assert "unknown name 'fail_at'" in said
    assert "unknown name" in done.summary
    assert "Keep the answers" not in done.ran


def test_what_needs_no_review_is_said_and_does_not_fail(hub, job, server):
    done = job(hub.open_pull(SHOP, head="feature", draft=True), server=server)

    assert not done.failed, done.log
    assert (done.outputs["verdict"], done.outputs["exit-code"]) == ("not_reviewed", "0")
    assert "it is a draft" in done.summary


def test_without_a_pull_request_the_environment_is_kept_for_those_to_come(hub, job):
    done = job()

    assert not done.failed, done.log
    assert done.outputs["exit-code"] == "0"
    assert commands_in(done.log)[0].startswith("::notice title=review::No pull request is named")
    assert hub.calls == []


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"publish": "yes"}, "input publish: 'yes' is none of auto, never"),
        ({"all_lines": "1"}, "input all-lines: '1' is none of true, false"),
        ({"pull_request": "1; exit 9"}, "is not the number of one"),
        ({"fail_on": "$(exit 9)"}, "an input is not understood"),
        ({"only": "nothing"}, "nothing"),
    ],
)
def test_an_input_without_a_meaning_ends_the_job_and_says_which(hub, job, server, inputs, words):
    done = job(hub.open_pull(SHOP, head="feature"), server=server, **inputs)

    assert done.failed
    assert done.outputs["exit-code"] == "2"
    assert words in commands_in(done.log)[-1]
    assert hub.writes == []


def test_an_extra_that_is_not_there_ends_the_job_before_anything_is_made(hub, job):
    done = job(hub.open_pull(SHOP, head="feature"), extras="quality, nothing")

    assert done.failed
    assert commands_in(done.log)[0].startswith("::error title=review::no extra 'nothing'")
    assert done.ran[-1] == "Name the environment"


def cached(done):
    report = json.loads(Path(done.outputs["json"]).read_text())
    (step,) = (step for step in report["steps"] if step["name"] == "code_quality")
    return step["cached"]


@pytest.mark.slow
def test_an_empty_machine_installs_what_the_lock_says_and_the_next_one_has_all_of_it(
    hub, job, machine, tmp_path
):
    pull = hub.open_pull(SHOP, head="feature")
    cache = Cache(tmp_path / "cache")
    first = job(pull, cache=cache, only="code_quality")

    assert first.outputs["verdict"] == "failed", first.log
    assert MAKE in first.ran
    assert at_work("deployments.serve", machine) == [], "its server ended with it"
    assert not cached(first)
    assert len(pull.reviews) == 1
    environment, answers = cache.keys
    assert answers == "prefect-review-answers-1-7-1"
    installed = cache.folder / environment
    assert (installed / "home" / "prefect" / "prefect.db").is_file()
    wanted = (installed / "exactly.txt").read_text()
    assert "--hash=sha256:" in wanted
    assert "prefect==" in wanted
    assert "mypy==" not in wanted, "what only developers need is not there"

    second = job(pull, cache=cache, only="code_quality", attempt=2)

    assert second.outputs["verdict"] == "failed", second.log
    assert MAKE not in second.ran
    assert cached(second), "no tool ran again"
    assert len(pull.reviews) == 1, "nothing is said twice"
