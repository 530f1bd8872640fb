"""An audit of a whole default branch: every line, one SARIF file, nothing on pull requests."""

from __future__ import annotations

import asyncio
import json
import os
from contextvars import copy_context
from uuid import uuid4

import pytest

from blocks import GitHubToken
from flows.audience import AUDIENCE
from flows.nightly_audit import NOTHING, audit
from tasks.core.forge.sweeping import SweepSettings
from tasks.core.queueing.marks import QUEUED
from tests.flows.asked import ask
from tests.flows.shop import BROKEN, DOCSTRING, QUICK, Heard

CLEAN = {"app.py": DOCSTRING}


@pytest.fixture
def audited(shop):
    """Audit the shop in this process; returns the state its run ended in."""

    def run(**how):
        os.environ["GITHUB_TOKEN"] = shop.github.actions_token(shop.name)

        def inside():
            AUDIENCE.set(Heard())
            asked = {"repository": shop.name, "only": QUICK, **how}
            return asyncio.run(audit(**asked, return_state=True))

        return copy_context().run(inside)

    return run


def branch(shop, tree):
    """The repository, whose default branch has these files."""
    head = shop.project.commit(tree)
    shop.github.add_repository(shop.name, shop.project.folder)
    return head


def kept(shop, head):
    return json.loads((shop.folder / "home" / "audits" / shop.name / f"{head}.sarif").read_text())


def test_a_clean_branch_passes_and_its_file_is_empty(shop, audited):
    head = branch(shop, CLEAN)

    state = audited()

    assert state.name == "Completed"
    assert kept(shop, head)["runs"][0]["results"] == []


def test_every_line_counts_also_those_nobody_has_changed(shop, audited):
    branch(shop, BROKEN)
    head = shop.project.commit({"more.py": '"""More."""\n'})

    state = audited()
    verdict = asyncio.run(state.aresult())

    assert verdict.exit_code == 1
    assert [finding.rule for finding in verdict.counted] == ["ruff/F821"]
    (result,) = kept(shop, head)["runs"][0]["results"]
    assert result["ruleId"].endswith("F821")
    assert shop.github.writes == []


def test_the_policy_of_the_branch_is_followed_and_the_upload_asked_for_is_made(shop, audited):
    head = branch(shop, BROKEN | {".review.yaml": "fail_on: never\nsay: {sarif: true}\n"})

    assert asyncio.run(audited().aresult()).exit_code == 0

    (sarif,) = shop.github.repositories[shop.name].sarifs
    assert (sarif.commit_sha, sarif.ref) == (head, "refs/heads/main")


def test_that_there_is_no_code_scanning_does_not_fail_an_audit(shop, audited):
    head = branch(shop, BROKEN | {".review.yaml": "say: {sarif: true}\n"})
    shop.github.repositories[shop.name].code_scanning = False

    assert audited().name == "Completed"
    assert kept(shop, head)


def test_an_empty_or_missing_repository_is_said_to_be_so(shop, audited):
    shop.github.add_repository(shop.name, shop.project.folder)
    assert "has no commit yet" in audited().message
    assert "no such repository" in audited(repository="acme/nowhere").message


@pytest.fixture
def named(shop):
    """What names a block with repositories to audit; it is gone after the test."""
    name = f"audit-{uuid4().hex[:8]}"

    def save(*repositories):
        GitHubToken(
            token=shop.github.token("ci-bot"),
            api_url=shop.github.api_url,
            sweep=SweepSettings(repositories=repositories),
        ).save(name, overwrite=True, _sync=True)
        return f"github-token/{name}"

    return save


def test_with_no_repository_named_there_is_nothing_to_do(shop, audited, named):
    assert audited(repository="", using=named()).name == NOTHING


def test_without_a_deployment_each_is_audited_in_turn(shop, audited, named):
    head = branch(shop, BROKEN)

    state = audited(repository="", using=named("acme/nowhere", shop.name))

    assert len(kept(shop, head)["runs"][0]["results"]) == 1
    assert state.is_failed()
    assert "acme/nowhere: " in state.message
    assert shop.name not in state.message


def test_the_deployment_has_each_wait_for_its_turn_once(shop, named, deployed):
    branch(shop, BROKEN)
    using = named(shop.name, "acme/other")

    async def make(client):
        flow = await client.create_flow(audit)
        deployment = await client.create_deployment(
            flow, f"nightly-{uuid4().hex}", entrypoint="flows.nightly_audit.audit"
        )
        return await client.create_flow_run_from_deployment(
            deployment, parameters={"using": using, "only": QUICK}
        )

    run = ask(make)
    process = deployed.execute(run.id)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0, out

    async def all_of(client):
        found = await client.read_flow_runs(limit=200)
        return [one for one in found if one.deployment_id == run.deployment_id and one.id != run.id]

    made = ask(all_of)
    assert {one.parameters["repository"] for one in made} == {shop.name, "acme/other"}
    assert {one.state.name for one in made} == {QUEUED}
    assert all(one.parameters["only"] == list(QUICK) for one in made)
