"""Reviews that were cancelled, and of which nobody may have said so on GitHub."""

from __future__ import annotations

from datetime import datetime

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilterEndTime
from prefect.client.schemas.objects import FlowRun, StateType

from tasks.core.inbound.wishes import Subject
from tasks.core.queueing.marks import OWNER, SAID
from tasks.service.filters import runs_in
from tasks.service.live import head_of, live_of
from tasks.service.view import read


async def unsaid(client: PrefectClient, since: datetime) -> list[FlowRun]:
    """Return those that have begun and were cancelled since then, the oldest first.

    What was at work may have said so itself. What had not begun has shown nothing.
    """
    wanted = runs_in((StateType.CANCELLED,))
    wanted.end_time = FlowRunFilterEndTime(after_=since)
    found = [run for run in await read(client, wanted) if _may_be_shown(run)]
    return sorted(found, key=lambda run: str(run.end_time))


def _may_be_shown(run: FlowRun) -> bool:
    said = run.parameters
    return (
        "number" in said
        and said.get("publish") is not False
        and OWNER in run.labels
        and not str(run.labels.get(SAID, "")).startswith(str(run.state_id))
    )


async def somebody_else(client: PrefectClient, run: FlowRun) -> str:
    """Return which other run is on the same head, and shows that on GitHub; nothing if none is."""
    head = head_of(run)
    subject = Subject(str(run.parameters["repository"]), int(run.parameters["number"]))
    lives = await live_of(client, subject)
    others = (one for one in lives if one.begun and (not head or one.head in {"", head}))
    return next((str(one) for one in others), "")


async def is_said(client: PrefectClient, run: FlowRun, how: str) -> None:
    """Remember that nothing more is to be said of it: unless it is tried again, and cancelled."""
    await client.update_flow_run_labels(run.id, {SAID: f"{run.state_id} {how}"})
