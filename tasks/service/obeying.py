"""Do what somebody ordered in a comment, if they may; GitHub shows that it was seen and done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from prefect.client.orchestration import PrefectClient

from tasks.core.inbound.answers import help_answer, unknown_answer
from tasks.core.inbound.wishes import Obey, Verb
from tasks.core.render.words import count
from tasks.forge.commands import DONE, NOT_DONE, SEEN, answer_once, may_order, react
from tasks.forge.connection import Connection, connect
from tasks.forge.errors import Gone
from tasks.service.again import review_again
from tasks.service.live import cancel, live_of

Result = TypeVar("Result")


async def obey(client: PrefectClient, wish: Obey, *, delivery: str, using: str = "") -> str:
    """Do it, and return what was done, or why nothing.

    Raises:
        httpx.HTTPError: Prefect's server is away.
        ForgeError: GitHub does not say who it is, or takes no answer.
    """

    async def on_github(act: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(_connected, wish.subject.repository, using, act)

    try:
        if not await on_github(partial(_receipt, wish=wish)):
            return f"{wish.by} may not write to {wish.subject.repository}: not obeyed"
    except Gone:
        return "the comment is not there any more"
    match wish.verb:
        case Verb.STOP:
            said = await _stop(client, wish)
        case Verb.HELP:
            said = await on_github(partial(_answer, wish=wish, body=help_answer(wish.comment)))
        case Verb.UNKNOWN:
            body = unknown_answer(wish.comment, wish.said)
            said = await on_github(partial(_answer, wish=wish, body=body))
        case Verb.REVIEW | Verb.DISMISS:
            said = await review_again(
                client, wish.subject, delivery=delivery, priority=wish.priority, using=using
            )
    ended = NOT_DONE if wish.verb is Verb.UNKNOWN else DONE
    try:
        await on_github(partial(react, wish=wish, content=ended))
    except Gone:
        said += "; the comment is not there any more"
    return f"{wish.by} said {wish.verb}: {said}"


def _connected(repository: str, using: str, act: Callable[[Connection], Result]) -> Result:
    with connect(repository, using) as connection:
        return act(connection)


def _receipt(connection: Connection, wish: Obey) -> bool:
    """Show that the order was seen; return whether it is to be obeyed."""
    permitted = may_order(connection, wish.by)
    if permitted:
        react(connection, wish, SEEN)
    elif wish.verb is not Verb.DISMISS:  # the author's counts, with the next review
        react(connection, wish, NOT_DONE)
    return permitted


def _answer(connection: Connection, wish: Obey, body: str) -> str:
    new = answer_once(connection, wish, body)
    return "answered" if new else "it was answered before"


async def _stop(client: PrefectClient, wish: Obey) -> str:
    lives = await live_of(client, wish.subject)
    for one in lives:
        await cancel(client, one.run, f"stopped by {wish.by}")
    return f"ended {count(len(lives), 'run')}" if lives else "nothing waits or is at work"
