"""One address for several API replicas: TCP connections go to the next one that takes them.

What an organisation has for this (a load balancer, a Kubernetes service) does it better. Here it
shows that a worker outlives the server that it talks to.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

CHUNK = 65_536


@dataclass
class Balancer:
    """Listens on a port of loopback, from a thread of its own: ``with Balancer(port, to=...)``."""

    port: int
    to: Sequence[int]
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _turns: itertools.count[int] = field(default_factory=itertools.count)

    def __enter__(self) -> Self:
        """Listen; connections are taken from now on."""
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port)
        )
        self._thread = threading.Thread(target=self._loop.run_forever, name="balancer", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Cut all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, both ways, until either side ends."""
        # asyncio would complain of a connection that ends as cancelled
        with contextlib.closing(writer), contextlib.suppress(asyncio.CancelledError):
            found = await self._next()
            if found is None:
                return  # nobody is there: the client sees its connection cut, and asks again
            there, back = found
            with contextlib.closing(back):
                both = {
                    asyncio.create_task(_pass(reader, back)),
                    asyncio.create_task(_pass(there, writer)),
                }
                try:
                    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in both:
                        task.cancel()

    async def _next(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turns)
        for turn in range(len(self.to)):
            with contextlib.suppress(OSError):
                port = self.to[(first + turn) % len(self.to)]
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
