"""``review down``: end the service of this machine, all of it."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import time

from deployments.server import Server
from deployments.service.identity import end, reaped
from deployments.service.leftovers import end_leftovers
from deployments.service.log import Added, show
from deployments.service.record import Record
from deployments.service.supervisor import FAREWELL


def run(_: argparse.Namespace) -> int:
    """End workers, warm parents and the server; return 0, also where there was nothing."""
    from deployments.warm import end_all

    server = Server.of_environment()
    record = Record(server.folder)
    state = record.state()
    there = end_supervisor(record)
    left = end_leftovers(server.folder) if there else 0
    parents = end_all(server.folder)
    given = state.given if there and state else server.given
    stopped = not given and Server(server.folder).stop()
    if not (there or left or parents or stopped):
        show("no service was running")
        return 0
    what = "the Prefect server too" if stopped else f"the server {given} goes on" if given else ""
    show("the service has ended" + (f", {what}" if what else ""))
    return 0


def end_supervisor(record: Record) -> bool:
    """End the supervisor and its workers, whoever of them still lives; return whether any did."""
    news = Added(record.log)
    running = record.running()
    if running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.supervisor.pid, signal.SIGTERM)
        until = time.monotonic() + FAREWELL + 15
        while running.supervisor.alive:
            for line in news:
                show(line)
            reaped(running.supervisor.pid)
            if time.monotonic() > until:
                end(running.supervisor.pid, 0)
            time.sleep(0.1)
        for line in news:
            show(line)
    state = record.state()
    left = [process for _, process in state.workers if process.alive] if state else []
    for process in left:  # of a supervisor that was killed
        end(process.pid, FAREWELL)
    record.forget()
    return bool(running or left)
