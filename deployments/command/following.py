"""Follow a review that somebody else runs until it has ended, whatever happens to it on the way."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound

from deployments.command import CANNOT
from deployments.command.terminal import print_text
from flows.endings import NOT_REVIEWED, SUPERSEDED
from tasks.core.render.escape import name, one_line
from tasks.core.verdict import EXIT_CODES, Answer
from tasks.errors import CannotReview
from tasks.review_state import Review, state_of
from tasks.reviews import looked_at

EVERY = 1.0
"""Seconds between two looks."""

PATIENCE = 120.0
"""A review that crashed is sent back to its queue. Not within so many seconds: by nobody."""

NEEDLESS = frozenset({NOT_REVIEWED, SUPERSEDED})
"""How a review ends that needed no verdict."""


async def followed(client: PrefectClient, run: FlowRun) -> int:
    """Tell what becomes of a review until it has ended; return the exit code for that.

    Raises:
        CannotReview: somebody deleted its run.
    """
    told, since = "", time.monotonic()
    while True:
        review = await _look(client, run.id)
        state = review.run.state
        if (text := _told(review)) != told:
            told, since = text, time.monotonic()
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        if state and _is_over(state, time.monotonic() - since):
            (review,) = await looked_at(client, [review.run])
            print_text(f"{name(review.name)}: {one_line(review.why) or review.state.status}\n")
            return exit_code(review)
        await asyncio.sleep(EVERY)


def _told(review: Review) -> str:
    why = one_line(review.why)
    return f"{review.state.status}: {why}" if why else str(review.state.status)


def exit_code(review: Review) -> int:
    """Return what a command ends with that waited for this review."""
    if review.word in NEEDLESS:
        return 0
    answer = review.verdict.partition(":")[0].replace(" ", "_")
    if not (review.run.state and review.run.state.is_completed() and answer in {*Answer}):
        return CANNOT
    return EXIT_CODES[Answer(answer)]


def _is_over(state: State[Any], seconds: float) -> bool:
    """Return whether nothing more comes of a run that has been in a state for so long."""
    return state.is_final() and (not state.is_crashed() or seconds > PATIENCE)


async def _look(client: PrefectClient, run: UUID) -> Review:
    """Return the review as it is now; wait for a server that is away.

    Raises:
        CannotReview: somebody deleted its run.
    """
    away = False
    while True:
        try:
            found = await client.read_flow_run(run)
        except ObjectNotFound:
            raise CannotReview(f"somebody has deleted the run {run}") from None
        except httpx.HTTPError as error:
            if not away:
                sys.stderr.write(f"the server does not answer ({error!r}); it is waited for\n")
            away = True
            await asyncio.sleep(EVERY)
        else:
            return Review(found, state_of(found, ()))
