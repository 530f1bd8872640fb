"""What was accepted is done once, in order, whoever dies or is away meanwhile."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deployments.server import Server
from tests.deployments.in_pool import acting, asking
from tests.deployments.webhook.hooking import PATH, Hook, pull_request
from tests.tables import folder_with_tables


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A server with the service's pool, on which nobody works."""
    server = Server(folder_with_tables("dealing", tmp_path_factory))
    try:
        acting(server.folder, _nothing)
        yield server
    finally:
        server.stop()


async def _nothing(pool):
    return None


@pytest.fixture
def hook(service, tmp_path):
    """A webhook of that server, in a data folder of its own; started by the test."""
    hook = Hook(tmp_path / "hook", {"PREFECT_API_URL": service.url})
    yield hook
    if hook.process and hook.process.poll() is None:
        assert hook.stop() == 0


def reviews(service, repository):
    """Return how many runs there are of each pull request, and the names of their states."""

    async def read(client):
        found, page = [], [None]
        while page:
            page = await client.read_flow_runs(limit=200, offset=len(found))
            found += page
        return found

    runs = [run for run in asking(service.folder, read) if run.name.startswith(repository)]
    return Counter(run.name for run in runs), {run.state.name for run in runs}


def dealt(hook, number):
    """Return what is true when so many deliveries were dealt with, and none waits."""

    def true():
        figures = metrics(hook)
        return figures["review_webhook_inbox_waiting",] == 0 and number == sum(
            value
            for key, value in figures.items()
            if key[:2] == ("review_webhook_dealt_total", "dealt")
        )

    return true


def metrics(hook):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(hook.get("/metrics").text)
        for sample in family.samples
    }


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_an_opened_pull_request_waits_in_its_queue_and_all_of_it_can_be_watched(service, hook):
    hook.start()
    assert hook.send(pull_request(repository="acme/first")).status_code == 202
    hook.until(hook.said("pull_request of acme/first#1: "))
    hook.until(dealt(hook, 1))

    runs, states = reviews(service, "acme/first")
    assert runs == {"acme/first#1": 1}
    assert states <= {"Scheduled", "Late"}
    assert hook.send(pull_request(2, repository="acme/first", action="edited")).status_code == 202

    found = metrics(hook)
    assert found["review_webhook_deliveries_total", "pull_request", "accepted"] == 1
    assert found["review_webhook_deliveries_total", "pull_request", "ignored"] == 1
    assert found["review_webhook_answers_total", "202"] == 2
    assert found["review_webhook_answer_seconds_count",] == 2
    assert found["review_webhook_inbox_oldest_age_seconds",] == 0
    assert found["review_queue_waiting", "normal"] >= 0

    ready = hook.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["reason"] == "workers: none of the pool reviews gives signs of life"


def test_a_pull_request_is_dealt_with_in_order_and_what_was_overtaken_is_not(service, hook):
    hook.start()
    later = pull_request(1, repository="acme/order", action="closed", after=60)
    hook.send(pull_request(1, repository="acme/order"), id_="opened")
    hook.send(later, id_="closed")
    hook.send(pull_request(1, "c" * 40, repository="acme/order", action="synchronize", after=30))
    hook.until(hook.said("acme/order#1: something later was dealt with already"))

    runs, states = reviews(service, "acme/order")
    assert runs.total() <= 1  # none where the end was known before the beginning was dealt with
    assert states <= {"Cancelled"}


def test_who_deals_is_started_again_when_it_dies_and_goes_on(service, hook):
    hook.start()
    assert hook.process
    hook.until(lambda: bool(children(hook.process.pid)))
    (dealer,) = children(hook.process.pid)
    os.kill(dealer, signal.SIGKILL)
    hook.until(hook.said("ended with status -9"))

    assert hook.send(pull_request(repository="acme/again")).status_code == 202
    hook.until(hook.said("pull_request of acme/again#1: "))
    assert reviews(service, "acme/again")[0] == {"acme/again#1": 1}


def test_nothing_is_lost_or_doubled_when_prefect_is_away_and_the_webhook_is_killed(service, hook):
    url = service.url
    service.stop()
    hook.start()
    for number in range(1, 11):
        assert (
            hook.send(pull_request(number, repository="acme/away")).json()["status"] == "accepted"
        )
    hook.until(hook.said("deliveries wait until it answers"))
    reason = hook.get("/ready").json()["reason"]
    assert "does not answer" in reason
    assert metrics(hook)["review_webhook_inbox_waiting",] == 10

    assert hook.process
    (dealer,) = children(hook.process.pid)
    hook.stop(signal.SIGKILL)
    service.ensure()
    assert service.url == url, "it is where it was"
    hook.start()
    hook.send(pull_request(11, repository="acme/away"))
    hook.until(dealt(hook, 11))

    runs, _ = reviews(service, "acme/away")
    assert runs == {f"acme/away#{number}": 1 for number in range(1, 12)}
    assert not Path(f"/proc/{dealer}").exists(), "it ended with who had started it"


def test_what_cannot_be_done_is_said_and_not_tried_for_ever(service, hook):
    comment = {"id": 1, "body": "/review", "user": {"login": "ann", "type": "User"}}
    issue = {"number": 1, "pull_request": {}}
    said = {"action": "created", "repository": {"full_name": "acme/none"}, "issue": issue}
    hook.start()
    hook.send({**said, "comment": comment, "sender": comment["user"]}, event="issue_comment")
    hook.until(hook.said("acme/none#1: connect to GitHub in one of three ways"))
    assert metrics(hook)["review_webhook_dealt_total", "refused"] == 1


def test_while_the_service_is_not_set_up_a_delivery_waits(service, hook):
    async def remove(client):
        found = await client.read_deployment_by_name("pr-review/on-pull-request")
        await client.delete_deployment(found.id)

    asking(service.folder, remove)
    hook.start()
    hook.send(pull_request(repository="acme/early"))
    hook.until(hook.said("has no deployment pr-review/on-pull-request"))
    assert metrics(hook)["review_webhook_inbox_waiting",] == 1

    acting(service.folder, _nothing)
    hook.until(dealt(hook, 1))
    assert reviews(service, "acme/early")[0] == {"acme/early#1": 1}


def test_githubs_own_deliveries_become_one_review_also_when_sent_again(
    service, hook, github, project
):
    project.commit({"a.py": ""})
    project.git("checkout", "-q", "-b", "change")
    project.commit({"a.py": "a = 1\n"})
    github.add_repository("acme/real", project.folder)
    hook.start()
    github.hook(f"{hook.url}{PATH}", hook.secret)
    pull = github.open_pull("acme/real", head="change")
    github.settle()
    opened = next(sent for sent in github.deliveries if sent.action == "opened")
    github.redeliver(opened.id)
    github.settle()

    assert {answer.status for sent in github.deliveries for answer in sent.answers} == {202}
    assert '"known"' in opened.answers[-1].body
    hook.until(hook.said(f"pull_request of acme/real#{pull.number}: "))
    assert reviews(service, "acme/real")[0] == {f"acme/real#{pull.number}": 1}
