"""``review submit``: let the service review a pull request, and wait for it if asked to."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from tasks.errors import CannotReview

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

    from tasks.core.plan import TaskPriority
    from tasks.core.queueing.positions import Position

INTERRUPTED = 130


def run(said: argparse.Namespace) -> int:
    """Submit a review; return 0, or with ``--wait`` the verdict's exit code.

    Raises:
        CannotReview: no pull request is called that, or no service reviews it.
        ServerError: no server is there, or it does not let us in; none is started, for nobody
            would work for it.
    """
    from deployments.command.pull import named
    from deployments.command.refusals import let_in
    from deployments.command.reviews import talk_to_server

    repository, number, web = named(said.pull)
    talk_to_server()
    if web:
        _same_place(web, repository, said.using)
    try:
        with let_in():
            return asyncio.run(_submit(said, repository, number))
    except KeyboardInterrupt:
        sys.stderr.write("review: the review goes on without you; `review cancel` ends it\n")
        return INTERRUPTED


async def _submit(said: argparse.Namespace, repository: str, number: int) -> int:
    from prefect.client.orchestration import get_client

    from deployments.command.following import followed
    from deployments.command.terminal import print_text
    from tasks.service.places import places
    from tasks.service.submit import submit

    asked = {"using": said.using, "again": said.again}
    async with get_client() as client:
        run = await submit(
            client,
            repository,
            number,
            priority=_priority(said.priority),
            parameters={name: value for name, value in asked.items() if value},
        )
        print_text(_told(run, (await places(client)).get(str(run.id))))
        return await followed(client, run) if said.wait else 0


def _priority(queue: str | None) -> TaskPriority | None:
    from tasks.core.queueing.queues import priority_of

    return priority_of(queue) if queue else None


def _told(run: FlowRun, place: Position | None) -> str:
    """Return what was submitted, where it waits and why, and where to look at it."""
    from prefect.utilities.urls import url_for

    from tasks.core.queueing.marks import QUEUED
    from tasks.core.render.escape import one_line
    from tasks.review_state import subject_of

    state = run.state
    held = state is not None and state.name == QUEUED
    why = place.why if place else (state.message if state else "") or "for its turn"
    facts = {
        "review": subject_of(run),
        "id": str(run.id),
        "queue": run.work_queue_name or "",
        "waits" if held else "starts": one_line(why) if held else "at once",
        "page": url_for(run) or "",
    }
    return "".join(f"{key + ':':<10}{value}\n" for key, value in facts.items() if value)


def _same_place(web: str, repository: str, using: str) -> None:
    """Refuse the address of another GitHub than the one that reviews are made on.

    Raises:
        CannotReview: it is one; the text says which reviews are made on.
    """
    from tasks.core.forge.address import GITHUB, Address
    from tasks.forge.connection import TIMEOUT
    from tasks.forge.credentials import account_of

    try:
        ours = account_of(repository, using, timeout=TIMEOUT).address.web
    except CannotReview:  # nobody here is connected: only the workers are
        ours = Address.of(GITHUB).web
    if web.lower().rstrip("/") != ours.lower():
        raise CannotReview(
            f"{web} is not where reviews are made: that is {ours}; OWNER/REPO#NUMBER is one there"
        )
