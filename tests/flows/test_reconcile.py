"""Of several dispatchers one leads; it hands over, waits for its server, and ends when told to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from prefect import get_client
from prefect.client.schemas.actions import BlockDocumentUpdate
from prefect.client.schemas.objects import State
from prefect.exceptions import Abort
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelling, Crashed

from blocks.queue import DEFAULT
from flows.reconcile import reconcile
from tasks.service.dispatchers import live_dispatchers
from tests.flows.pool import Pool
from tests.talking import talking_to


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """A pool of two slots in which one review waits."""
    async with get_client() as client:
        pool = await Pool.empty(client)
        await pool.submit("a/1", "b/1", "c/1")
        await pool.work()
        yield pool


async def soon(claim, seconds: float = 90) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not await claim():  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.1)


async def begun(pool: Pool, before: int) -> asyncio.Task[State]:
    """A dispatcher that has said that it lives, beside so many others."""
    task = asyncio.create_task(reconcile(return_state=True))

    async def lives() -> bool:
        live = await live_dispatchers(pool.client)
        return len(live) > before and all("review.pulse" in run.labels for run in live)

    await soon(lives)
    return task


def let_go(pool: Pool, name: str):
    async def claim() -> bool:
        return await pool.state(name) == "Late"

    return claim


async def test_one_leads_one_takes_over_a_third_is_too_many_and_all_end_well(pool):
    leader = await begun(pool, 0)
    standby = await begun(pool, 1)
    third = await reconcile(return_state=True)
    assert (third.name, third.message) == ("Completed", "two others are at it")

    first, second = await live_dispatchers(pool.client)
    await pool.client.set_flow_run_state(first.id, Cancelling(message="by hand"))
    ended = await leader
    assert (ended.name, ended.message) == ("Cancelled", "by hand")
    await pool.end("a/1")
    await soon(let_go(pool, "c/1"))  # so the other one leads

    await pool.client.set_flow_run_state(second.id, Cancelling())
    assert (await standby).name == "Cancelled"


async def test_who_was_taken_for_dead_says_nothing_more(pool):
    """It was stopped for minutes, and another one leads."""
    leader = await begun(pool, 0)
    (run,) = await live_dispatchers(pool.client)
    await pool.client.set_flow_run_state(run.id, Crashed(message="no sign of life"))
    with pytest.raises(Abort, match="ended meanwhile"):
        await leader
    await pool.end("a/1")
    assert (await pool.client.read_flow_run(run.id)).state.name == "Crashed"
    assert await pool.state("c/1") == "Queued"


async def test_who_was_deleted_ends(pool):
    leader = await begun(pool, 0)
    (run,) = await live_dispatchers(pool.client)
    await pool.client.delete_flow_run(run.id)
    with pytest.raises(Abort, match="ended meanwhile"):
        await asyncio.wait_for(leader, 60)


async def test_settings_that_cannot_be_followed_stop_no_slot_from_being_given(pool, caplog):
    kept = await pool.client.read_block_document_by_name(DEFAULT, "review-queue")
    wrong = {**kept.data, "slots": 0}
    await pool.client.update_block_document(kept.id, BlockDocumentUpdate(data=wrong))
    try:
        leader = await begun(pool, 0)
        await pool.end("a/1", "b/1")
        await soon(let_go(pool, "c/1"))
        assert "review-queue/default cannot be followed (slots: " in caplog.text
        (run,) = await live_dispatchers(pool.client)
        await pool.client.set_flow_run_state(run.id, Cancelling())
        assert (await leader).name == "Cancelled"
    finally:
        await pool.client.update_block_document(kept.id, BlockDocumentUpdate(data=kept.data))


class Way:
    """The way to the server, which can be closed and opened again; in a thread of its own."""

    def __init__(self, url: str) -> None:
        to = urlsplit(url)
        self.to = (str(to.hostname), int(to.port or 0))
        self.port = 0
        self.ends: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def open(self) -> None:
        door = socket.create_server(("127.0.0.1", self.port))
        self.port = door.getsockname()[1]
        self.ends.append(door)
        threading.Thread(target=self._accept, args=(door,), daemon=True).start()

    def close(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()

    def _accept(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                here, _ = door.accept()
                there = socket.create_connection(self.to)
                self.ends += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=_copy, args=pair, daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


async def test_it_ends_when_the_server_stays_away(pool, monkeypatch):
    monkeypatch.setattr("flows.reconcile.AWAY_AT_MOST", 2.0)
    way = Way(PREFECT_API_URL.value())
    way.open()
    with talking_to(way.url):
        leader = await begun(pool, 0)
        way.close()
        async with asyncio.timeout(60):
            with pytest.raises(Abort, match="the server has not answered for 2 s"):
                await leader


async def test_it_waits_for_a_server_that_is_away_and_goes_on(pool):
    way = Way(PREFECT_API_URL.value())
    way.open()
    with talking_to(way.url):
        leader = await begun(pool, 0)
        way.close()
        await pool.end("a/1")
        await asyncio.sleep(3)
        assert not leader.done()
        way.open()
        await soon(let_go(pool, "c/1"))

        os.kill(os.getpid(), signal.SIGTERM)
        ended = await leader
        assert (ended.name, ended.message) == ("Completed", "this process was told to end")
    way.close()
