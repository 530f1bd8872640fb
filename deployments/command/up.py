"""``review up``: have the service on this machine, and keep it going."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from uuid import uuid4

from deployments.command.down import end_supervisor
from deployments.server import Server, ServerError, healthy, installed
from deployments.service.log import Added, show, to_both
from deployments.service.record import Record, State, Wanted
from deployments.service.supervisor import supervise


def run(said: argparse.Namespace) -> int:
    """Be the service until it is told to end, or have it in the background; return 0.

    Raises:
        ServerError: it cannot be: the port is taken, the server does not answer, or what it
            needs cannot be made there.
    """
    server = Server.of_environment()
    record = Record(server.folder)
    record.make()
    running = _ours(record, server)
    before = record.wanted()  # also of one that was killed; `review down` forgets it
    wanted = _wanted(said, before)
    news = Added(record.log)
    if not running:
        _have_server(server, wanted.port)
        record.ask(wanted)
        if not said.detach and supervise(record, server, to_both(record.log)):
            return 0
        if said.detach:
            _start(record)
    else:
        show("the service is there already")
        record.ask(wanted)
    try:
        _follow(record, wanted, news)
    except ServerError:
        if running and before:
            record.ask(replace(before, serial=wanted.serial))
        elif said.detach:
            end_supervisor(record)
        raise
    url = server.url
    show(f"the service runs; Prefect's UI is {url.removesuffix('/api')}, its log {record.log}")
    show("next: `review submit OWNER/REPO#N`; look at it with `review status`; end: `review down`")
    return 0


def _wanted(said: argparse.Namespace, before: Wanted | None) -> Wanted:
    """Return what is asked for; what is not mentioned stays as it is."""
    usual = before or Wanted("")
    return Wanted(
        uuid4().hex,
        workers=usual.workers if said.workers is None else said.workers,
        limit=usual.limit if said.limit is None else said.limit,
        slots=said.slots or 0,
        port=said.port or usual.port,
        webhook_port=said.webhook_port or usual.webhook_port,
    )


def _ours(record: Record, server: Server) -> State | None:
    """Return the service that runs; one of another version is ended, to be replaced.

    Raises:
        ServerError: it works for another server.
    """
    running = record.running()
    if running and running.given != server.given:
        there = running.given or "a server of its own"
        raise ServerError(
            f"the service of {record.home} works for {there}; end it first: `review down`"
        )
    if running and running.version != installed():
        show(f"the service that runs is {running.version}; it is replaced by {installed()}")
        end_supervisor(record)
        return None
    return running


def _have_server(server: Server, port: int) -> None:
    """Start the server where it does not live.

    Raises:
        ServerError: it cannot be, or the one that was given does not answer.
    """
    if server.given and not healthy(server.given):
        raise ServerError(
            f"no Prefect server answers at PREFECT_API_URL={server.given}; "
            "start it, or unset the variable to use one of our own"
        )
    if server.given and port:
        raise ServerError("--port is for a server of our own, but PREFECT_API_URL names another")
    server.claim(port)


def _start(record: Record) -> None:
    """Start the supervisor in the background."""
    with record.log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-P", "-m", "deployments.service"],
            cwd=record.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _follow(record: Record, wanted: Wanted, news: Added) -> None:
    """Show what happens until what is wanted is there.

    Raises:
        ServerError: it cannot be.
    """
    begun = time.monotonic()
    while True:
        state = record.running()
        for line in news:
            show(line)
        if state and state.reached == wanted.serial:
            if state.failed:
                raise ServerError(state.failed)
            return
        if state is None and time.monotonic() - begun > 20:  # noqa: PLR2004 - it has to be imported
            raise ServerError(f"the service has ended; see {record.log}")
        time.sleep(0.1)
