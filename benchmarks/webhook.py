"""How many deliveries a second the webhook takes, and how soon it answers; and that none is lost.

    python -m benchmarks.webhook [--rate 50] [--seconds 10] [--most 5]
    python -m benchmarks.webhook --storm 10000 [--pulls 500]

The first sends signed deliveries at a steady rate, and then as many as it can, to ``review
webhook`` and to a bare FastAPI application that answers what it was sent, in turn; the load comes
from a process of its own. The second sends a storm of deliveries, stops the Prefect server in the
middle and starts it again, and counts what came of it. Exits 1 where anything is lost or double.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from deployments.server import Server
from tasks.core.inbound.delivery import Delivery
from tasks.core.inbound.signature import signature

SECRET = "a-secret-of-the-benchmark"  # noqa: S105
PATH = "/github/webhook"
PADDING = 25_000
"""Bytes: a payload of GitHub's about a pull request has some 25 to 30 kB."""

ECHO = """
import sys, uvicorn
from fastapi import FastAPI, Request
app = FastAPI()
@app.post("/github/webhook")
async def echo(request: Request):
    return {"size": len(await request.body())}
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class Told:
    """What was answered, and after how many seconds each."""

    seconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    took: float = 0.0

    def row(self, name: str) -> str:
        """Return it as a row of a table."""
        cuts = statistics.quantiles(self.seconds, n=100)
        rate = len(self.seconds) / self.took
        return (
            f"| {name} | {len(self.seconds)} | {rate:.0f} | {cuts[49] * 1000:.1f} | "
            f"{cuts[98] * 1000:.1f} | {max(self.seconds) * 1000:.1f} | {dict(self.codes)} |"
        )


def payload(number: int, push: int, repository: str = "acme/shop") -> bytes:
    """Return what GitHub says of a push, as long as that is in reality."""
    head = f"{number:020x}{push:020x}"
    pull = {
        "number": number,
        "state": "open",
        "title": "A change",
        "updated_at": (NOON + timedelta(seconds=push)).isoformat(),
        "user": {"login": "ann", "type": "User"},
        "labels": [],
        "draft": False,
        "merged": False,
        "head": {"ref": "change", "sha": head, "repo": {"full_name": repository}},
        "base": {"ref": "main", "sha": "b" * 40, "repo": {"full_name": repository}},
    }
    whole = {
        "action": "synchronize" if push else "opened",
        "number": number,
        "repository": {"full_name": repository, "more": "x" * PADDING},
        "sender": {"login": "ann", "type": "User"},
        "pull_request": pull,
    }
    return json.dumps(whole).encode()


async def send(client: httpx.AsyncClient, delivery: Delivery, told: Told) -> None:
    """Send one, and note how soon it was answered."""
    headers = {
        "content-type": "application/json",
        "x-github-event": delivery.event,
        "x-github-delivery": delivery.id,
        "x-hub-signature-256": signature(delivery.body, SECRET.encode()),
    }
    began = time.perf_counter()
    answer = await client.post(PATH, content=delivery.body, headers=headers)
    told.seconds.append(time.perf_counter() - began)
    told.codes[answer.status_code] += 1


def delivery(number: int, push: int) -> Delivery:
    """Return a delivery with an id of its own."""
    return Delivery(str(uuid4()), "pull_request", payload(number, push))


async def steady(url: str, rate: float, seconds: float) -> Told:
    """Send at a steady rate, whether or not those before were answered."""
    told = Told()
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        began, sent = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            one = delivery(number % 50 + 1, number // 50)
            sent.append(asyncio.create_task(send(client, one, told)))
        await asyncio.gather(*sent)
        told.took = time.perf_counter() - began
    return told


async def most(url: str, seconds: float, at_once: int = 16) -> Told:
    """Send as fast as the answers come."""
    told = Told()
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        began = time.perf_counter()

        async def one_after_the_other(lane: int) -> None:
            push = 0
            while time.perf_counter() - began < seconds:
                await send(client, delivery(1000 + lane, push), told)
                push += 1

        await asyncio.gather(*(one_after_the_other(lane) for lane in range(at_once)))
        told.took = time.perf_counter() - began
    return told


@contextmanager
def process(command: list[str], url: str, **environment: str) -> Iterator[str]:
    """Have a program that answers at a URL."""
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                httpx.get(f"{url}/health")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        try:
            yield url
        finally:
            running.send_signal(signal.SIGTERM)


def port() -> int:
    """Return a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def webhook(home: Path) -> Iterator[str]:
    """Have ``review webhook``, on the server of a data folder that has the service's pool."""
    number = port()
    with process(
        [str(Path(sys.executable).parent / "review"), "webhook", "--port", str(number)],
        f"http://127.0.0.1:{number}",
        REVIEW_HOME=str(home / "hook"),
        REVIEW_WEBHOOK_SECRET=SECRET,
        PREFECT_API_URL=Server(home).url,
    ) as url:
        yield url


@contextmanager
def server() -> Iterator[Server]:
    """Have a Prefect server with everything that the service needs on it."""
    with tempfile.TemporaryDirectory(prefix="webhook-") as folder:
        home = Server(Path(folder))
        home.ensure()
        subprocess.run(
            [sys.executable, "-m", "deployments.service.applying"],
            env={**os.environ, **home.client_settings()},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield home
        finally:
            home.stop()


def answers(rate: float, seconds: float, longest: float) -> int:
    """Print how soon both answer."""
    with server() as home, webhook(home.folder) as ours:
        number = port()
        echo = [sys.executable, "-c", ECHO, str(number)]
        with process(echo, f"http://127.0.0.1:{number}") as bare:
            print("| what | answers | a second | p50 ms | p99 ms | longest ms | statuses |")
            print("|---|---|---|---|---|---|---|")
            for url, name in ((bare, "bare FastAPI"), (ours, "`review webhook`")) * 2:
                told = asyncio.run(steady(url, rate, seconds))
                print(told.row(f"{name}, {rate:.0f} a second"), flush=True)
            for url, name in ((bare, "bare FastAPI"), (ours, "`review webhook`")):
                print(asyncio.run(most(url, longest)).row(f"{name}, 16 at once"), flush=True)
    return 0


def storm(deliveries: int, pulls: int) -> int:
    """Send many, with Prefect's API away in the middle; print what came of them."""
    with server() as home, webhook(home.folder) as url:
        told, began = Told(), time.monotonic()
        order = [divmod(number, pulls) for number in range(deliveries)]
        asyncio.run(_storm(url, order[: deliveries // 2], told))
        print(f"{time.monotonic() - began:.0f} s: half is sent; the server is stopped", flush=True)
        home.stop()
        asyncio.run(_storm(url, order[deliveries // 2 :], told))
        print(f"{time.monotonic() - began:.0f} s: all is sent: {dict(told.codes)}", flush=True)
        home.ensure()
        print(f"{time.monotonic() - began:.0f} s: the server is back", flush=True)
        while (waiting := _waiting(url)) > 0:
            print(f"{time.monotonic() - began:.0f} s: {waiting:.0f} wait", flush=True)
            time.sleep(10)
        runs = _runs(home.url)
    once = sum(number == 1 for number in runs.values())
    print(
        f"{time.monotonic() - began:.0f} s: {pulls} pull requests, {once} with one run, {len(runs)}"
    )
    return int(not (once == len(runs) == pulls and told.codes == {202: deliveries}))


async def _storm(url: str, order: list[tuple[int, int]], told: Told) -> None:
    """Send these, sixteen at once."""
    waiting = iter(order)
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:

        async def some() -> None:
            for push, number in waiting:
                await send(client, delivery(number + 1, push), told)

        await asyncio.gather(*(some() for _ in range(16)))


def _waiting(url: str) -> float:
    """Return how many deliveries are not dealt with."""
    lines = httpx.get(f"{url}/metrics", timeout=60).text.splitlines()
    return next(
        float(line.split()[1]) for line in lines if line.startswith("review_webhook_inbox_waiting ")
    )


def _runs(url: str) -> Counter[str]:
    """Return how many reviews there are of each pull request."""
    found: Counter[str] = Counter()
    while True:
        asked = {"limit": 200, "offset": found.total(), "sort": "ID_DESC"}
        page = httpx.post(f"{url}/flow_runs/filter", json=asked, timeout=60).json()
        found.update(run["name"] for run in page)
        if len(page) < asked["limit"]:
            return Counter({name: n for name, n in found.items() if name.startswith("acme/")})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--most", type=float, default=5)
    parser.add_argument("--storm", type=int, default=0)
    parser.add_argument("--pulls", type=int, default=500)
    said = parser.parse_args()
    sys.exit(
        storm(said.storm, said.pulls) if said.storm else answers(said.rate, said.seconds, said.most)
    )
