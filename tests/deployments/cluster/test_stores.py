from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import asyncpg
import pytest
from redis import Redis as Client

from deployments.cluster.member import Member
from deployments.cluster.stores import ClusterError, Postgres, Redis, free_ports
from tests.deployments.cluster.test_processes import wait_until


@pytest.fixture
def keep(tmp_path):
    """Run a store until the test ends."""
    kept = []

    def run(name, store) -> Member:
        store.prepare()
        member = Member(name, store.command, {"PATH": "/usr/bin:/bin"}, tmp_path / f"{name}-log")
        member.start()
        kept.append(member)
        wait_until(lambda: store.answers or member.has_died)
        assert member.alive, member.last_words()
        return member

    yield run
    for member in kept:
        member.end()


@pytest.fixture
def sockets():
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    yield folder
    shutil.rmtree(folder)


async def said(store: Postgres, *statements: str):
    connection = await asyncpg.connect(host=str(store.sockets), user="postgres")
    try:
        return [await connection.fetch(statement) for statement in statements][-1]
    finally:
        await connection.close()


def test_postgres_keeps_what_it_has_committed_when_it_is_killed(tmp_path, keep, sockets):
    store = Postgres(tmp_path / "data", sockets)
    assert not store.answers
    member = keep("postgres", store)
    asyncio.run(said(store, "create extension pg_trgm", "create table t as select 7 as n"))
    member.signal(signal.SIGKILL)
    wait_until(lambda: member.has_died)
    store.prepare()  # is there already

    def comes_back() -> bool:
        if member.has_died:  # it waits for the end of the last process that knew the dead one
            member.start()
        return store.answers

    wait_until(comes_back)
    assert [row["n"] for row in asyncio.run(said(store, "select n from t"))] == [7]


def test_a_database_that_cannot_be_made_says_why(tmp_path, sockets):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "something").touch()
    with pytest.raises(ClusterError, match=r"PostgreSQL cannot be made in .*not empty"):
        Postgres(tmp_path / "data", sockets).prepare()
    assert (tmp_path / "data" / "something").exists(), "somebody's file was removed"


def test_redis_keeps_what_it_has_answered_when_it_is_killed(tmp_path, keep):
    store = Redis(tmp_path / "data", *free_ports(1))
    member = keep("redis", store)
    with Client.from_url(store.url) as client:
        for number in range(1000):
            client.set(f"key-{number}", number)
    member.signal(signal.SIGKILL)
    wait_until(lambda: member.has_died)
    member.start()
    wait_until(lambda: store.answers)
    with Client.from_url(store.url) as client:
        assert client.dbsize() == 1000


def test_nobody_without_the_password_is_let_into_redis(tmp_path, keep):
    store = Redis(tmp_path / "data", *free_ports(1))
    keep("redis", store)
    with socket.create_connection(("127.0.0.1", store.port)) as there:
        there.sendall(b"KEYS *\r\n")
        assert there.recv(100).startswith(b"-NOAUTH")
    assert (tmp_path / "data" / "redis.conf").stat().st_mode & 0o077 == 0


def test_free_ports_are_different_ones():
    assert len(set(free_ports(10))) == 10
