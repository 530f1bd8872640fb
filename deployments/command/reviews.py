"""``review list``, ``show``, ``pause``, ``resume``, ``cancel`` and ``retry``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from typing import TYPE_CHECKING

from deployments.server import Server, ServerError, healthy

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun


def run(said: argparse.Namespace) -> int:
    """Do what was asked; return 0.

    Raises:
        CannotReview: there is no such review.
        MoveRefused: it cannot go there from where it is.
        ServerError: no server is there; none is started, for it would know of no review.
    """
    talk_to_server()
    from deployments.command.refusals import let_in

    with let_in():
        text = asyncio.run(_answer(said))
    from deployments.command.terminal import print_text as write

    write(text)
    return 0


def talk_to_server() -> None:
    """Let Prefect's client talk to the server that is there."""
    from deployments.command import startup

    server = Server.of_environment()
    if not (server.url and healthy(server.url)):
        where = f"at PREFECT_API_URL={server.given}" if server.given else f"in {server.folder}"
        raise ServerError(
            f"no Prefect server runs {where}; `review server start` starts one of ours"
        )
    os.environ.update(startup.client_settings(server.given, server.folder))
    os.environ.update(server.client_settings())


async def _answer(said: argparse.Namespace) -> str:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        if said.what == "list":
            return await _list(client, said)
        run = await _named(client, said.review)
        if said.what == "show":
            return await _show(client, run, said)
        return await _change(client, run, said.what)


async def _list(client: PrefectClient, said: argparse.Namespace) -> str:
    from deployments.command.reviews_told import as_json, as_table
    from tasks.core.state import WorkflowStatus
    from tasks.reviews import reviews

    found = await reviews(
        client,
        limit=said.limit,
        repository=said.repository,
        words={WorkflowStatus(word) for word in said.state or ()},
    )
    if said.format == "json":
        return f"{json.dumps([as_json(review) for review in found], indent=2)}\n"
    return as_table(found)


async def _show(client: PrefectClient, run: FlowRun, said: argparse.Namespace) -> str:
    from prefect.utilities.urls import url_for

    from deployments.command.reviews_told import as_page, as_whole_json
    from tasks.reviews import looked_at
    from tasks.service.places import places

    standing = {} if run.state and run.state.is_final() else await places(client)
    (review,) = await looked_at(client, [run], standing)
    states = await client.read_flow_run_states(run.id)
    page = url_for(run) or ""
    if said.format == "json":
        return f"{json.dumps(as_whole_json(review, states, page), indent=2)}\n"
    return as_page(review, states, page)


async def _change(client: PrefectClient, run: FlowRun, what: str) -> str:
    from tasks import review_moves
    from tasks.core.render.escape import name
    from tasks.review_state import subject_of, word_of

    moves = {
        "pause": review_moves.pause,
        "resume": review_moves.resume,
        "cancel": review_moves.cancel,
        "retry": review_moves.retry,
    }
    state = await moves[what](client, run)
    more = "; whoever runs it is told to end it" if state.is_cancelling() else ""
    return f"{name(subject_of(run))}: {word_of(run.state)}, now {word_of(state)}{more}\n"


async def _named(client: PrefectClient, text: str) -> FlowRun:
    """Return the run that is meant: by its id, or as the newest of a pull request."""
    from deployments.command.pull import NAMED, named
    from tasks.reviews import find, newest_of

    if NAMED.fullmatch(text.strip()):
        repository, number, _ = named(text)
        return await newest_of(client, repository, number)
    return await find(client, text.strip())
