"""Webhooks were lost for an hour: after one sweep every head is reviewed, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from prefect.states import Scheduled

from blocks import GitHubApp, GitHubToken
from flows.sweep import IN_PART
from tasks.core.forge.markers import check_id
from tasks.core.forge.sweeping import SweepSettings
from tasks.forge.connection import Connection
from tasks.forge.installations import Installation, Installed
from tests.flows.asked import ask
from tests.flows.sweeping import runs_of, serve, sweeping
from tests.tasks.forge.installed import APP, Estate

QUIET = "0 open pull requests, 0 reviews submitted"


@pytest.fixture(scope="module", autouse=True)
def service():
    serve()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def owners():
    """Two accounts, of names of their own: the server knows what other tests have submitted."""
    return f"acme-{uuid4().hex[:6]}", f"beta-{uuid4().hex[:6]}"


@pytest.fixture
def estate(shop, key):
    return Estate(shop.github, shop.project, key)


@pytest.fixture
def block(estate):
    name = f"lost-{uuid4().hex[:8]}"
    app = GitHubApp(app_id=str(APP), private_key=estate.private, api_url=estate.hub.api_url)
    app.save(name, overwrite=True, _sync=True)
    return f"github-app/{name}"


def answered(estate, pull, **facts):
    """Let the App have said something of the head that there is."""
    owner = pull.repo.owner.login
    account = Installed(estate.account(), Installation(estate.number(owner), owner))
    said = {"status": "completed", "conclusion": "success", **facts}
    asked = {"name": "review", "head_sha": pull.head_sha}
    asked["external_id"] = check_id(pull.number, pull.head_sha)
    with Connection(account, owner) as connection:
        connection.rest_call("POST", f"/repos/{pull.repo.full_name}/check-runs", asked | said)


def push(estate, pull, *, force=False):
    """Push a commit to the branch of a pull request, beside what is checked out."""
    parent = estate.project.git("rev-parse", "main" if force else pull.head_ref)
    tree = estate.project.git("rev-parse", "feature^{tree}")
    made = estate.project.git("commit-tree", tree, "-p", parent, "-m", f"Push {uuid4().hex}")
    estate.project.git("update-ref", f"refs/heads/{pull.head_ref}", made)


def minutes_ago(estate, pulls, minutes):
    """Let GitHub say that these were touched then."""
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    for pull in pulls:
        estate.hub.pull(pull.repo, pull.number)
        pull.updated_at = then.strftime("%Y-%m-%dT%H:%M:%SZ")


def asked(estate, after):
    return [line.partition(" ")[2].rpartition("/")[2] for line in estate.asked(after)]


def execute(deployed, run):
    """Give a review its slot, and execute it."""
    ask(lambda client: client.set_flow_run_state(run.id, Scheduled(), force=True))
    return deployed.execute(run.id, GITHUB_TOKEN="")


def test_after_an_hour_of_lost_webhooks_every_head_is_reviewed_once(
    estate, block, owners, deployed
):
    acme, beta = owners
    shop, till, site, app = f"{acme}/shop", f"{acme}/till", f"{acme}/site", f"{beta}/app"
    estate.add(shop, till, site, app, private=True)

    # before: all is reviewed, or a draft
    pushed, forced, known, ready = (estate.open(shop), estate.open(shop), *(
        estate.open(name, draft=draft) for name, draft in ((app, False), (till, True))
    ))  # fmt: skip
    closed = estate.open(site)
    for pull in (pushed, forced, known, closed):
        answered(estate, pull)
    title = {"title": "Not reviewed: it is a draft (pull_requests.drafts)", "summary": "A draft"}
    answered(estate, ready, conclusion="skipped", output=title)
    minutes_ago(estate, (pushed, forced, known, ready, closed), 90)
    everything = [f"{p.repo.full_name}#{p.number}" for p in (pushed, forced, known, ready, closed)]
    assert QUIET.partition(", ")[2] in sweeping(block).message
    assert runs_of(everything) == []

    # an hour of which nobody tells us
    push(estate, pushed)
    push(estate, forced, force=True)
    ready.draft = False
    closed.state = "closed"
    new, draft, often = estate.open(till), estate.open(till, draft=True), estate.open(app)
    for _ in range(3):
        push(estate, often)
    minutes_ago(estate, (pushed, forced, ready, new, draft, often), 30)
    lost = (pushed, forced, ready, new, often)

    state = sweeping(block)
    assert state.message.endswith("5 reviews submitted")
    everything += [f"{p.repo.full_name}#{p.number}" for p in (new, draft, often)]
    runs = runs_of(everything)
    keys = {f"head:{p.repo.full_name}#{p.number}@{p.head_sha}" for p in lost}
    assert {run.idempotency_key for run in runs} == keys
    assert len(runs) == 5

    # another sweep finds nothing, and reads no more than a list of each
    before = len(estate.hub.calls)
    assert sweeping(block).message.endswith(QUIET)
    costs = [line.rpartition(" ")[0] for line in estate.asked(before)]
    assert sorted(costs) == sorted(
        [f"GET /repos/{name}/pulls" for name in (shop, till, site, app)]
        + ["GET /installation/repositories"] * 2
    )

    # the reviews of two are really made, one in each installation
    executed = [
        (pull, execute(deployed, run))
        for pull in (pushed, often)
        for run in runs
        if run.idempotency_key.endswith(pull.head_sha)
    ]
    for pull, process in executed:
        out, _ = process.communicate(timeout=500)
        assert process.returncode == 0, out
        assert [review.commit_id for review in pull.reviews] == [pull.head_sha]
    minutes_ago(estate, (pushed, often), 10)
    assert sweeping(block).message.endswith(", 0 reviews submitted")
    assert len(runs_of(everything)) == 5


def test_with_a_token_that_stays_a_second_sweep_costs_nothing(estate, owners):
    acme, beta = owners
    names = (f"{acme}/shop", f"{acme}/till", f"{beta}/app")
    estate.add(*names)
    pull = estate.open(names[0])
    block = f"lost-{uuid4().hex[:8]}"
    GitHubToken(
        token=estate.hub.token("ci-bot"),
        api_url=estate.hub.api_url,
        sweep=SweepSettings(repositories=names, settled_minutes=0),
    ).save(block, overwrite=True, _sync=True)
    assert sweeping(f"github-token/{block}").message.endswith("1 review submitted")

    before, used = len(estate.hub.calls), estate.hub.meters["ci-bot core"].used
    assert sweeping(f"github-token/{block}").message.endswith(QUIET)
    assert asked(estate, before) == ["pulls 304"] * 3
    assert estate.hub.meters["ci-bot core"].used == used
    assert len(runs_of([f"{names[0]}#{pull.number}"])) == 1


def test_what_was_touched_just_now_is_left_to_its_webhook_and_not_forgotten(estate, block, owners):
    name = f"{owners[0]}/shop"
    estate.add(name)
    pull = estate.open(name)
    assert sweeping(block).message.endswith("1 open pull request, 0 reviews submitted")
    # the list is the same, but for the time that is past now
    minutes_ago(estate, [pull], 6)
    assert sweeping(block).message.endswith("1 review submitted")


def test_a_suspended_installation_is_said_and_the_others_are_swept(estate, block, owners):
    acme, beta = owners
    estate.add(f"{acme}/shop", f"{beta}/app")
    minutes_ago(estate, [estate.open(f"{acme}/shop")], 10)
    estate.app.suspended.add(estate.number(beta))
    state = sweeping(block)
    assert state.name == IN_PART
    assert "1 review submitted; not seen: " in state.message
    assert f"{beta}: the installation of the App is suspended there" in state.message


def test_an_app_looks_where_people_say_if_they_say_so_and_not_where_they_say_no(
    estate, block, owners
):
    acme, beta = owners
    names = (f"{acme}/shop", f"{acme}/till", f"{beta}/app")
    estate.add(*names)
    minutes_ago(estate, [estate.open(name) for name in names], 10)
    kind, _, name = block.partition("/")
    assert kind == "github-app"
    app = GitHubApp.load(name, _sync=True)

    app.sweep = SweepSettings(repositories=names[:2], exclude=names[:1])
    app.save(name, overwrite=True, _sync=True)
    assert sweeping(block).message.endswith("1 review submitted")
    assert [run.parameters["repository"] for run in runs_of([f"{n}#1" for n in names])] == [
        names[1]
    ]

    app.sweep = SweepSettings(exclude=names[:1])
    app.save(name, overwrite=True, _sync=True)
    assert sweeping(block).message.endswith("1 review submitted")
    assert len(runs_of([f"{names[2]}#1"])) == 1
