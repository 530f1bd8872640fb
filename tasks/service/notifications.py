"""Tell people of failed reviews: a Prefect automation that sends by a notification block of theirs.

https://docs.prefect.io/v3/concepts/automations
"""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger
from prefect.exceptions import ObjectNotFound

from blocks.queue import ReviewQueue
from tasks.core.queueing.queues import POOL
from tasks.core.render.escape import one_line
from tasks.errors import ReviewError

NAME = "review failed"
"""Of the automation. One of this name is ours."""

REVIEWS = ("pr-review", "nightly-audit")
"""The flows whose failures are told. The others run again by themselves in a while."""

CAPABILITY = "notify"
"""What Prefect says of blocks that send messages."""

SUBJECT = "{{ flow.name }} {{ flow_run.name }}: {{ flow_run.state.name }}"

BODY = """\
{{ flow.name }} {{ flow_run.name }} has ended as {{ flow_run.state.name }}.
Why: {{ (flow_run.state.message or 'nobody said why') | truncate(1500) }}
Its page: {{ flow_run | ui_url }}
Try it again: review retry {{ flow_run.id }}
"""

OURS = frozenset({"name", "description", "trigger", "actions"})
"""What we decide of it; whether it is enabled, people do."""


class CannotNotify(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """The block that is to hear of failures cannot."""


async def ensure_notification(client: PrefectClient, queue: ReviewQueue) -> tuple[str, ...]:
    """Have the block that the settings name hear of failed runs; return what was changed.

    Failed is a review of the service's pool that ends so: one whose process died goes back to
    its queue, and is only Failed (``GivenUp``) when that did not help.

    Raises:
        CannotNotify: there is no such block, or it sends nothing.
    """
    there = await client.read_automations_by_name(NAME)
    first, others = (there[0], there[1:]) if there else (None, [])
    changed = []
    for twin in others:  # two that were at it at once
        await client.delete_automation(twin.id)
        changed.append(f"automation {NAME!r}: a second one removed")
    if not queue.notify:
        if first is not None:
            await client.delete_automation(first.id)
            changed.append(f"automation {NAME!r}: removed, nobody is to be notified")
        return tuple(changed)
    wanted = await _wanted(client, queue.notify)
    if first is None:
        await client.create_automation(wanted)
        changed.append(f"automation {NAME!r}: made, {queue.notify} hears of failed reviews")
    elif _shape(first) != _shape(wanted):
        # through a dump: the client sends only what was set, and the server wants nearly all of it
        said = wanted.model_dump(exclude={"owner_resource"})
        kept = AutomationCore.model_validate({**said, "enabled": first.enabled})
        await client.update_automation(first.id, kept)
        changed.append(f"automation {NAME!r}: changed, {queue.notify} hears of failed reviews")
    return tuple(changed)


async def _wanted(client: PrefectClient, block: str) -> AutomationCore:
    """Return the automation that sends by this block, named ``TYPE/NAME``.

    Raises:
        CannotNotify: it cannot.
    """
    shown, (kind, _, name) = one_line(block, 100), block.partition("/")
    how = "make one in Prefect's UI, or leave `notify` of the block review-queue/default empty"
    if not (kind and name):
        raise CannotNotify(f"notify: {shown!a} names no block; write TYPE/NAME, or nothing")
    try:
        found = await client.read_block_document_by_name(name, kind, include_secrets=False)
    except ObjectNotFound:
        raise CannotNotify(f"notify: there is no block {shown}; {how}") from None
    if found.block_schema is None or CAPABILITY not in found.block_schema.capabilities:
        raise CannotNotify(f"notify: the block {shown} sends no notifications; {how}")
    return AutomationCore(
        name=NAME,
        description=f"Says by {block} which review failed, and why. From review-queue/default.",
        enabled=True,
        trigger=EventTrigger(
            expect={"prefect.flow-run.*"},
            match={"prefect.resource.id": "prefect.flow-run.*", "prefect.state-type": "FAILED"},
            match_related=[
                {"prefect.resource.role": "work-pool", "prefect.resource.name": POOL},
                {"prefect.resource.role": "flow", "prefect.resource.name": list(REVIEWS)},
            ],
            threshold=1,
        ),
        actions=[SendNotification(block_document_id=found.id, subject=SUBJECT, body=BODY)],
    )


def _shape(automation: Automation | AutomationCore) -> dict[str, Any]:
    return automation.model_dump(mode="json", include=set(OURS))
