"""Keep what each finished step of a worker's run has said, for the run itself.

A process that dies, or gives way to a more urgent review, leaves these behind, and the next one
of the same run takes them up: also what is no answer to keep for others. A record that cannot be
read is one that is not there: it was being written when its process died, or the disk was full.
"""

from __future__ import annotations

import contextlib

from prefect.results import ResultStore
from prefect.serializers import JSONSerializer

from tasks.core.report import Report


def is_kept(store: ResultStore, key: str) -> bool:
    """Return whether there is a report under a key, and it can be read."""
    try:
        return store.exists(key) and isinstance(_plain(store).read(key).result, Report)
    except Exception:  # noqa: BLE001 - any kind of storage, anything in it: not kept
        return False


def key_to_use(store: ResultStore, *keys: str) -> str | None:
    """Return under which of some keys, which may be empty, Prefect is to look for a report.

    That is the first with one, else the first that is free: what cannot be read would fail the
    step, and nobody can tell Prefect to write over it.
    """
    wanted = [key for key in keys if key]
    known = (key for key in wanted if is_kept(store, key))
    return next(known, None) or next((key for key in wanted if not store.exists(key)), None)


def keep_step(store: ResultStore, key: str, report: Report) -> None:
    """Keep a report under a key; what cannot be kept is only asked again."""
    with contextlib.suppress(Exception):  # any kind of storage
        _plain(store).write(report, key=key)


def _plain(store: ResultStore) -> ResultStore:
    return ResultStore(
        result_storage=store.result_storage,
        serializer=JSONSerializer(),
        cache_result_in_memory=False,
    )
