"""Ask OSV's API about pins: https://google.github.io/osv.dev/api/."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasks.probes.advisories import Record
from tasks.probes.files import CannotLookError
from tasks.probes.pins import Pin

BATCH = 1000
"""Queries of one question, OSV's own limit."""

PAGES = 20
RECORDS = 500
"""Bounds on what is read of an answer: pages of one question, records of all."""

BYTES = 32 * 1024 * 1024
SECONDS = 10.0
WAIT = 0.5
REFUSED = range(400, 500)
TOO_MANY = 429


class NoNetworkError(Exception):
    """OSV could not be asked; it may be there the next time."""


def ask(base: str, pins: Sequence[Pin]) -> dict[Pin, list[Record]]:
    """Return the records OSV has on each pin.

    Raises:
        NoNetworkError: it did not answer, twice.
        CannotLookError: what it answered is of no use.
    """
    try:
        ids = dict(_all_ids(base, pins))
        wanted = list(dict.fromkeys(id_ for found in ids.values() for id_ in found))
        if len(wanted) > RECORDS:
            raise CannotLookError(f"OSV has more than {RECORDS} records on what was added")
        with ThreadPoolExecutor(8) as pool:
            records = dict(
                zip(wanted, pool.map(lambda id_: _record(base, id_), wanted), strict=True)
            )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise CannotLookError(f"OSV's answer cannot be read ({type(error).__name__})") from error
    return {pin: [records[id_] for id_ in found] for pin, found in ids.items()}


def _record(base: str, id_: str) -> Record:
    found: Record = _call(f"{base.rstrip('/')}/v1/vulns/{urllib.parse.quote(id_, safe='')}")
    return found


def _all_ids(base: str, pins: Sequence[Pin]) -> Iterator[tuple[Pin, list[str]]]:
    for start in range(0, len(pins), BATCH):
        yield from _ids(base, pins[start : start + BATCH]).items()


def _ids(base: str, pins: Sequence[Pin]) -> dict[Pin, list[str]]:
    """Return the names of the records on each pin, page by page."""
    ids: dict[Pin, list[str]] = {pin: [] for pin in pins}
    open_: dict[Pin, str] = dict.fromkeys(pins, "")
    for _ in range(PAGES):
        queries = [_query(pin, token) for pin, token in open_.items()]
        answer = _call(f"{base.rstrip('/')}/v1/querybatch", {"queries": queries})
        further: dict[Pin, str] = {}
        for pin, result in zip(open_, answer["results"], strict=True):
            ids[pin] += [each["id"] for each in (result or {}).get("vulns", [])]
            if token := (result or {}).get("next_page_token"):
                further[pin] = token
        if not further:
            return ids
        open_ = further
    raise CannotLookError(f"OSV's answer has more than {PAGES} pages")


def _query(pin: Pin, token: str) -> dict[str, Any]:
    query = {"package": {"name": pin.name, "ecosystem": pin.ecosystem}, "version": pin.version}
    return {**query, "page_token": token} if token else query


def _call(url: str, question: Any = None) -> Any:  # noqa: ANN401 - any JSON
    """Return the answer to one request; tried once more where that may help."""
    data = None if question is None else json.dumps(question).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "prefect-review"}
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - the policy allows http(s) only
    try:
        return _answer(request)
    except NoNetworkError:
        time.sleep(WAIT)
        return _answer(request)


def _answer(request: urllib.request.Request) -> Any:  # noqa: ANN401 - any JSON
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 - see above
            body = response.read(BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in REFUSED and error.code != TOO_MANY:
            raise CannotLookError(f"OSV refused the question ({error.code})") from None
        raise NoNetworkError(f"OSV answered {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_NONAME:
            # no such name, or no network at all: nothing that passes in a few seconds
            raise CannotLookError(f"no OSV data: OSV cannot be reached ({reason})") from None
        raise NoNetworkError(f"OSV cannot be reached ({reason})") from None
    if len(body) > BYTES:
        raise CannotLookError("OSV's answer is too long")
    return json.loads(body)
