"""Let this process talk to another Prefect server, with all that it says in the background too."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

PATIENCE = 20


@contextlib.contextmanager
def talking_to(url: str, settings: dict[Any, Any] | None = None) -> Iterator[None]:
    """Talk to the server at ``url``, with these settings, while inside.

    Prefect sends events (what task runs become, to begin with) and logs from threads that keep
    the address they were started with: they are started anew for each server.
    """
    _begin_anew()
    with temporary_settings({PREFECT_API_URL: url, **(settings or {})}):
        yield
        _begin_anew()


def _begin_anew() -> None:
    # in a thread: beside an event loop these would have to be awaited
    with ThreadPoolExecutor(1) as thread:
        for worker in (EventsWorker, APILogWorker):
            thread.submit(worker.drain_all, timeout=PATIENCE, at_exit=False).result()
