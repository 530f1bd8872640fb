"""Run a flow in this process, against a server that is there or comes while we import."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from tasks.errors import CannotReview

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

    from deployments.command.question import Question
    from tasks.core.policy import ReviewPolicy
    from tasks.core.verdict import Verdict

Result = TypeVar("Result")


def run_here(
    said: argparse.Namespace, prepare: Callable[[], Callable[[], Coroutine[Any, Any, Result]]]
) -> Result:
    """Return what a flow returns; ``prepare`` imports it, and returns what starts it.

    A terminal follows the review as ``said`` asks for.
    """
    from deployments.command import startup
    from deployments.server import Server

    server = Server.of_environment()
    server.claim()
    with ThreadPoolExecutor(max_workers=1) as pool:
        there = pool.submit(server.ensure)  # while this thread imports what a review needs
        with startup.importing():
            os.environ.update(startup.client_settings(server.given, server.folder))
            os.environ.update(server.client_settings())

            from prefect.exceptions import TerminationSignal

            from deployments.command.terminal import Terminal
            from flows.audience import AUDIENCE

            start = prepare()
        there.result()
        terminal = Terminal(said)
        AUDIENCE.set(terminal)
        try:
            result = asyncio.run(start())
        except TerminationSignal:  # how Prefect says SIGTERM; its exit code would mean "findings"
            raise KeyboardInterrupt from None
        finally:
            terminal.end()
    startup.ending()
    return result


def reviewing(
    question: Question,
    policy: ReviewPolicy,
    *,
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    all_lines: bool = False,
    cache: bool = True,
) -> Callable[[], Coroutine[Any, Any, Verdict]]:
    """Import what reviews a change on this machine; return what starts it, for ``run_here``.

    What is returned raises CannotReview where somebody cancels the run.
    """
    from flows.change_review import review_change

    async def review() -> Verdict:
        state = await review_change(
            name=question.name,
            repository=question.repository.folder,
            base=question.base,
            head=question.head,
            policy=policy,
            only=only,
            skip=skip,
            all_lines=all_lines,
            cache=cache,
            return_state=True,
        )
        return await verdict_of(state)

    return review


async def verdict_of(state: State[Any]) -> Verdict:
    """Return the verdict of a run that ended in this state.

    Raises:
        CannotReview: somebody cancelled it.
        Exception: what it failed with.
    """
    if state.is_cancelled():
        raise CannotReview(f"no verdict, because the run was cancelled: {state.message}")
    verdict: Verdict = await state.aresult()
    return verdict
