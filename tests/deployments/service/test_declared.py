"""prefect.yaml: every deployment can be run, and says what its flow understands."""

from __future__ import annotations

import pytest
import yaml
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from deployments.server import installed
from deployments.service.declared import DeclarationError, declared, path
from deployments.warm import COMMAND
from tasks.core.queueing.queues import POOL, RANKS

EVERY = declared()
WHERE = {
    "pr-review/on-pull-request": "normal",
    "reconcile/every-minute": "service",
    "sweep/every-ten-minutes": "service",
    "nightly-audit/nightly": "low",
    "retention/daily": "low",
}


@pytest.fixture(params=EVERY, ids=[each.name for each in EVERY])
def one(request):
    return request.param


def test_its_flow_is_found_and_takes_the_parameters(one):
    flow = load_flow_from_entrypoint(one.entrypoint, use_placeholder_flow=False)
    schema = parameter_schema(flow)

    assert set(one.parameters) <= set(schema.properties)
    if one.schedules:  # nobody is there to say more
        flow.validate_parameters(one.parameters)
    assert WHERE[f"{flow.name}/{one.name}"] == one.work_pool.work_queue_name


def test_it_runs_in_our_pool_and_begins_warm(one):
    assert one.work_pool.name == POOL
    assert one.work_pool.work_queue_name in RANKS
    assert one.work_pool.job_variables == {"command": COMMAND}


def test_its_version_is_the_one_that_is_installed(one):
    assert one.version == installed().rpartition("/")[2]


def test_every_deployment_of_the_service_is_there():
    assert len(EVERY) == len(WHERE)
    assert {each.name for each in EVERY if each.schedules} == {
        name.rpartition("/")[2] for name in WHERE if name != "pr-review/on-pull-request"
    }


def test_nothing_in_it_is_asked_of_a_block_or_the_environment_when_it_is_deployed():
    # Prefect stores what it finds there in clear: https://github.com/PrefectHQ/prefect/issues/17432
    assert "{{" not in path().read_text()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"pull": None}, "can pull nothing"),
        ({"deployments": [{"name": "x"}]}, "entrypoint"),
        ({"deployments": [{**EVERY[0].model_dump(), "concurrency_limit": 1}]}, "concurrency_limit"),
    ],
)
def test_what_is_not_understood_is_refused_and_not_left_out(tmp_path, changed, says):
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump({"pull": [], "deployments": [], **changed}))

    with pytest.raises(DeclarationError, match=says):
        declared(file)


@pytest.mark.parametrize("text", ["", "[]", "deployments: [", "pull: []"])
def test_a_file_that_cannot_be_read_says_which(tmp_path, text):
    file = tmp_path / "prefect.yaml"
    file.write_text(text)

    with pytest.raises(DeclarationError, match=r"prefect\.yaml"):
        declared(file)
    with pytest.raises(DeclarationError, match="none"):
        declared(tmp_path / "none.yaml")


def test_a_schedule_says_when():
    neither = EVERY[1].schedules[0].model_copy(update={"interval": None})

    with pytest.raises(DeclarationError, match="every-minute"):
        _ = neither.schedule
