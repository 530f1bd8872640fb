"""The process that deals with deliveries; ``deployments.webhook.dealer`` starts it.

    python -P -m deployments.webhook.dealing_process TYPE/NAME

It ends with whoever has started it: then its standard input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployments.webhook.says import to_errors

if TYPE_CHECKING:
    from deployments.webhook.dealing import Dealing

LOWER = 5
"""By how much others come first on a busy machine: answers to GitHub do."""

Question = Callable[[], Awaitable[dict[str, Any]]]


def main() -> None:
    """Deal with the deliveries of the data folder until standard input ends."""
    os.nice(LOWER)
    # a server that restarts is for our own pauses: Prefect's client would try for a minute
    os.environ["PREFECT_CLIENT_MAX_RETRIES"] = "2"
    asyncio.run(_main(sys.argv[1] if sys.argv[1:] else ""))


async def _main(using: str) -> None:
    from prefect.client.orchestration import get_client

    from deployments.webhook.counting import metric
    from deployments.webhook.dealing import Dealing
    from deployments.webhook.readiness import figures, missing
    from tasks.inbox import Inbox, inbox_path

    path = inbox_path()
    with Inbox(path) as inbox:
        async with get_client() as client:
            dealing = Dealing(inbox, client, using, to_errors)

            async def ready() -> dict[str, Any]:
                return {"missing": await missing(client)}

            async def counted() -> dict[str, Any]:
                samples = [
                    ({"outcome": outcome}, float(number))
                    for outcome, number in sorted(dealing.outcomes.items())
                ]
                told = "Deliveries dealt with, by outcome."
                ours = metric("dealt_total", told, samples, kind="counter")
                return {"text": "".join(f"{line}\n" for line in ours) + await figures()}

            heard = asyncio.create_task(_hear(dealing, {"ready": ready, "figures": counted}))
            with _lock(path.with_name("dealing.lock")) as free:
                await dealing.stand_by(free)
                await dealing.run()
            heard.cancel()


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[Callable[[], bool]]:
    """Open a lock that ends with its process; yields what takes it, if it is free."""
    with path.open("w", encoding="ascii") as file:

        def free() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield free


async def _hear(dealing: Dealing, questions: dict[str, Question]) -> None:
    """Follow the lines of standard input: wake, answer, and at its end, end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    answering: set[asyncio.Task[None]] = set()
    async for line in reader:
        number, _, question = line.decode().strip().partition(" ")
        if number == "look":
            dealing.wake()
        else:
            task = asyncio.create_task(_answer(int(number), questions[question]))
            answering.add(task)
            task.add_done_callback(answering.discard)
    dealing.end()


async def _answer(number: int, question: Question) -> None:
    said = {"to": number, **await question()}
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
