"""Have the deployments of ``prefect.yaml`` on the server, as ``prefect deploy --all`` does it.

One client and one process instead of a command each. What is as it should be is not touched, for
every change of a deployment makes the runs of its schedules anew.
"""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from deployments.service.declared import Declared, When

READ = frozenset(
    {
        "version",
        "description",
        "tags",
        "entrypoint",
        "work_pool_name",
        "work_queue_name",
        "job_variables",
        "parameters",
        "parameter_openapi_schema",
        "enforce_parameter_schema",
        "pull_steps",
        "path",
    }
)
"""What is compared. Pauses, and whether a schedule is active, are for people to say."""


async def deploy(client: PrefectClient, wanted: Declared) -> tuple[str, ...]:
    """Make or mend one deployment; return what was changed."""
    flow: Flow[..., Any] = load_flow_from_entrypoint(wanted.entrypoint, use_placeholder_flow=False)
    name = f"{flow.name}/{wanted.name}"
    fields = _fields(flow, wanted)
    try:
        there = await client.read_deployment_by_name(name)
    except ObjectNotFound:
        there = None
    wrong = _differences(there, fields, wanted.schedules) if there else ()
    if there and not wrong:
        return ()
    await client.create_deployment(
        await client.create_flow(flow),
        wanted.name,
        paused=there.paused if there else None,
        schedules=[_as_people_left(when, there) for when in wanted.schedules],
        **fields,
    )
    return (f"deployment {name}: " + (f"changed {', '.join(wrong)}" if there else "made"),)


def _fields(flow: Flow[..., Any], wanted: Declared) -> dict[str, Any]:
    """Return what is to be said of a deployment beside its flow, its name and its schedules."""
    return {
        "version": wanted.version,
        "description": wanted.description,
        "tags": wanted.tags,
        "entrypoint": wanted.entrypoint,
        "work_pool_name": wanted.work_pool.name,
        "work_queue_name": wanted.work_pool.work_queue_name,
        "job_variables": wanted.work_pool.job_variables,
        "parameters": wanted.parameters,
        "parameter_openapi_schema": parameter_schema(flow).model_dump(exclude_unset=True),
        "enforce_parameter_schema": True,
        "pull_steps": [],
        "path": None,
    }


def _differences(
    there: DeploymentResponse, fields: dict[str, Any], schedules: tuple[When, ...]
) -> tuple[str, ...]:
    wrong = [name for name in READ if getattr(there, name) != fields[name]]
    if [(when.slug, when.schedule) for when in schedules] != [
        (each.slug, each.schedule) for each in there.schedules
    ]:
        wrong.append("schedules")
    return tuple(sorted(wrong))


def _as_people_left(when: When, there: DeploymentResponse | None) -> DeploymentScheduleCreate:
    """Return what makes a schedule, switched off where somebody has done that."""
    wanted = when.wanted
    known: list[DeploymentSchedule] = there.schedules if there else []
    for each in known:
        if each.slug == when.slug:
            wanted.active = each.active
    return wanted
