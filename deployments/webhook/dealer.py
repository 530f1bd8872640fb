"""The process that deals with what was accepted: kept going, woken, and asked how it does.

It is one of its own, because Prefect's client would hold up the answers. They talk by lines:
``look`` wakes it, and a number with a question is answered by one of JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from typing import Any

from deployments.service.child import PAUSES, STEADY, Say

FAREWELL = 15.0
"""Seconds for what is at work to end; what does not is dealt with again by the next one."""

PATIENCE = 5.0
"""Seconds to wait for an answer."""

LONGEST = 4_000_000
"""Bytes of an answer, which are the figures of a service."""


class Dealer:
    """Who deals, as the process that answers knows it."""

    def __init__(self, using: str, say: Say) -> None:
        self._using, self._say = using, say
        self._process: Process | None = None
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self._ending = False

    async def keep(self) -> None:
        """Have the process until we are told to end; one that dies young begins later."""
        deaths = 0
        while not self._ending:
            began = time.monotonic()
            status = await self._live()
            if self._ending:
                return
            deaths = deaths + 1 if time.monotonic() - began < STEADY else 1
            pause = PAUSES[min(deaths - 1, len(PAUSES) - 1)]
            self._say(f"who deals with deliveries ended with status {status}; again in {pause} s")
            await asyncio.sleep(pause)

    def wake(self) -> None:
        """Tell it that there is something new. What it has not heard of yet says that too."""
        with contextlib.suppress(ConnectionError):
            if self._stdin and not self._stdin.transport.get_write_buffer_size():
                self._stdin.write(b"look\n")

    async def ask(self, question: str) -> dict[str, Any] | None:
        """Return its answer; None where it is not there, or does not answer in time."""
        stdin = self._stdin
        if stdin is None:
            return None
        self._number += 1
        number = self._number
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            stdin.write(f"{number} {question}\n".encode())
            async with asyncio.timeout(PATIENCE):
                return await answer or None
        except (TimeoutError, ConnectionError):
            return None
        finally:
            self._asked.pop(number, None)

    async def close(self) -> None:
        """Let it end what it has begun."""
        self._ending = True
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()  # that is how it hears of it; also where we are killed
        try:
            async with asyncio.timeout(FAREWELL):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    @property
    def _stdin(self) -> asyncio.StreamWriter | None:
        process = self._process
        return process.stdin if process and process.returncode is None else None

    async def _live(self) -> int:
        """Start it, hear what it says until its end, and return how it ended."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "deployments.webhook.dealing_process", self._using),
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST,
            start_new_session=True,  # an interrupt of the terminal is for us; its end follows
        )
        if self._process.stdout is None:  # it is a pipe
            raise RuntimeError
        with contextlib.suppress(ValueError):  # a line that is longer is not one of ours
            async for line in self._process.stdout:
                self._hear(line)
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result({})
        return await self._process.wait()

    def _hear(self, line: bytes) -> None:
        said = json.loads(line)
        answer = self._asked.get(said["to"])
        if answer and not answer.done():
            answer.set_result(said)
